import { parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import { expect, it } from 'vitest';
import type { LiveInstance, StoredInstance } from '../../src/commands/live-instance.ts';
import { LongLogs } from '../../src/commands/long-logs.ts';
import { type SettleDependencies, settleJobs } from '../../src/commands/settle-jobs.ts';
import { createIdAllocator } from '../../src/storage/postgres/id-allocator.ts';
import { flow, tickingClock } from '../support/services.ts';
import { factsOf } from '../support/writes.ts';

const WORK = ['a1', 'a2', 'b1', 'b2'].map((id) => `<serviceTask id="${id}" sendback:topic="${id}"/>`).join('');
const PARALLEL = flow(
	`<startEvent id="start"/><parallelGateway id="both"/>${WORK}<endEvent id="end"/>`,
	`start > both > a1 > a2 > end
	both > b1 > b2 > end`,
);

/** One instance in memory, and how many commands each write of it had. */
async function oneInstance() {
	const parsed = await parseModel(PARALLEL, 'parallel');
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	const fresh: LiveInstance = { facts: factsOf(1), model: parsed.model, version: 0, state: null, endedAt: null };
	let stored: StoredInstance | null = null;
	const written: number[] = [];
	const ids = createIdAllocator(
		async () => 0,
		() => 0,
	);
	const deps = {
		clock: tickingClock(),
		longLogs: new LongLogs(),
		ids,
		answer: async () => ({ kind: 'user', exists: true }),
		live: {
			cached: () => stored?.instance ?? null,
			read: async () => stored?.instance ?? null,
			remember: (next: StoredInstance) => {
				stored = next;
			},
			forget: () => undefined,
		},
		commits: {
			commit: async ({ steps }: { readonly steps: readonly unknown[] }) => {
				written.push(steps.length);
				return true;
			},
		},
		isCausedByData: () => false,
	};
	const settle = (target: { readonly fresh: LiveInstance | null }, commands: readonly object[]) =>
		settleJobs(
			deps as unknown as SettleDependencies,
			{ tenant: 'acme', id: fresh.facts.id, ...target },
			commands.map((command) => ({ command, idempotency: null })) as never,
		);
	await settle({ fresh }, [{ type: 'start-instance', initiator: 'ann', variables: {} }]);
	const tokens = () => Object.keys(deps.live.cached()?.state?.tokens ?? {}).map(Number);
	return { ids, written, tokens, settle };
}

it('decides commands alone where what they come to together cannot be written', async () => {
	const { ids, written, tokens, settle } = await oneInstance();
	// The two commands ask for room each, and the write of both for the ids of their work.
	const { room } = ids;
	let asked = 0;
	ids.room = () => {
		if (++asked === 3) throw new Error('bug: too much at once');
		return room();
	};
	const commands = tokens().map((token) => ({ type: 'complete-job', token, variables: {} }));
	const decisions = await settle({ fresh: null }, commands);
	expect(decisions.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
	expect(written).toEqual([1, 1, 1]);
});
