import type { InstanceState } from '@sendback/engine/state.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNotKept } from '../../src/commands/state-limit.ts';
import { accepted, agreement, flow, refusalOf, type Stage, setStage, TENANT, userTask } from '../support/services.ts';

const FLOW = flow(
	`<startEvent id="start"/><parallelGateway id="fork"/>${userTask('a=bob')}${userTask('b=cat')}<endEvent id="end"/>`,
	`start > fork > a > end
	fork > b > end`,
);
const text = (millions: number) => 'x'.repeat(millions * 1_000_000);

async function stateOf(instance: string): Promise<InstanceState> {
	const found = await stage.services.instances.find(TENANT, instance);
	if (found === null) throw new Error('it is not there');
	return found.state;
}

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({ fork: FLOW });
});
afterAll(() => stage.close());

describe('what is kept of an instance', () => {
	it('has a limit: the command that would exceed it is refused alone, and the instance goes on', async () => {
		const { instance: id } = await stage.start('fork', { variables: { first: text(5) } });
		const [a, b] = await Promise.all([stage.openTask(id, 'a'), stage.openTask(id, 'b')]);
		const withMore = { ...agreement(a.id, 'bob'), variables: { second: text(4) } };
		// Both wait for the same instance, so they are decided as one write.
		const [more, other] = await Promise.all([stage.submit(a.id, withMore), stage.agree(b.id, 'cat')]);
		expect([refusalOf(more), other.ok]).toEqual(['state-limit', true]);
		expect(await stage.openNodes(id)).toEqual(['a']);

		const smaller = { ...agreement(a.id, 'bob'), variables: { first: text(1), second: text(4) } };
		expect(accepted(await stage.submit(a.id, smaller)).status).toBe('agreed');
		const variables = Object.values((await stateOf(id)).scopes)[0]?.variables ?? {};
		expect(Object.entries(variables).map(([name, { value }]) => [name, String(value).length])).toEqual([
			['first', 1_000_000],
			['second', 4_000_000],
		]);
	});

	it('refuses a start that is too large', async () => {
		await expect(stage.start('fork', { variables: { first: text(9) } })).rejects.toThrow('state-limit');
	});

	it('lets what is too large already become smaller', async () => {
		const { instance: id } = await stage.start('fork');
		const state = await stateOf(id);
		const large = { kept: { value: text(9), seq: 1 } };
		const scopes = Object.entries(state.scopes).map(([key, scope]) => [key, { ...scope, variables: large }] as const);
		const before: InstanceState = { ...state, scopes: Object.fromEntries(scopes) };
		expect(whyNotKept(text(10), null)?.code).toBe('state-limit');
		expect(whyNotKept(text(10), before)?.code).toBe('state-limit');
		expect(whyNotKept(text(9), before)).toBe(null);
	});
});
