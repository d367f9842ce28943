import type pg from 'pg';
import { type FindAnswer, recall } from '../commands/idempotency.ts';
import type { LoadInstance } from '../commands/live-instance.ts';
import { refuse } from '../refusals.ts';
import type { Answered, Clock, CommandService, Delivery, EventService, Idempotency, TenantId } from '../services.ts';
import { isDecimalId, isStorable } from '../storage/decimal-id.ts';
import { run } from '../storage/postgres/connect.ts';
import { reach } from './reach.ts';
import { findMessageRecipients, findSignalRecipients, findStartable, type Recipients } from './recipients.ts';

export interface EventDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly commands: Pick<CommandService, 'start' | 'submit'>;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
	readonly findAnswer: FindAnswer<Delivery>;
	readonly runDueTimers: EventService['runDueTimers'];
}

/** Messages and signals from outside: who waits is looked up, and each gets a command of its own. */
export function createEvents(deps: EventDependencies): EventService {
	const { pool, clock, load, findAnswer } = deps;

	/** The answer to a repeat; else delivers, and notes the answer. A repeat after a crash in between reaches the rest. */
	async function once(
		tenant: TenantId,
		idempotency: Idempotency | null | undefined,
		deliver: (identity: string | null) => Promise<Answered<Delivery>>,
	): Promise<Answered<Delivery>> {
		if (idempotency === null || idempotency === undefined) return deliver(null);
		const earlier = await recall(findAnswer, tenant, idempotency);
		if (earlier !== null) return earlier;
		const answer = await deliver(idempotency.key);
		if (!answer.ok) return answer;
		const { key, fingerprint } = idempotency;
		await run(pool, 'remember-answer', [tenant, key, fingerprint, JSON.stringify(answer.value), clock.now()]);
		return answer;
	}

	return {
		correlate: async ({ tenant, idempotency, variables, ...message }) => {
			const { name, instance, businessKey, key } = message;
			if (!isStorable([name, businessKey, key, idempotency?.key].join())) return UNSTORABLE;
			if (instance !== null && (!isDecimalId(instance) || (await load(tenant, instance)) === null))
				return { ok: false, refusal: refuse('instance-unknown', { instance }) };
			return once(tenant, idempotency, async (identity) => {
				const event = { tenant, variables, businessKey, identity };
				const recipients = await findMessageRecipients(pool, tenant, message);
				const reached = await reach(deps, event, recipients);
				if (!isInVain(reached, recipients) || instance !== null) return answerOf(reached);
				// Whoever waited has stopped meanwhile.
				const startable = await findStartable(pool, tenant, 'message', name);
				return answerOf(await reach(deps, event, { waiting: [], startable }));
			});
		},
		broadcast: async ({ tenant, name, variables, idempotency }) => {
			if (!isStorable([name, idempotency?.key].join())) return UNSTORABLE;
			return once(tenant, idempotency, async (identity) => {
				const event = { tenant, variables, businessKey: null, identity };
				return answerOf(await reach(deps, event, await findSignalRecipients(pool, tenant, name, null)));
			});
		},
		runDueTimers: deps.runDueTimers,
	};
}

const UNSTORABLE = { ok: false, refusal: refuse('variables-invalid', { reason: 'a text holds NUL' }) } as const;

type Reached = Awaited<ReturnType<typeof reach>>;

function isInVain({ delivered, refusals }: Reached, { waiting }: Recipients): boolean {
	return waiting.length > 0 && delivered.length === 0 && refusals.length === 0;
}

/** A refusal only where nothing was reached: what happened to the others cannot be taken back. */
function answerOf({ delivered, started, refusals }: Reached): Answered<Delivery> {
	const [refusal] = refusals;
	if (refusal !== undefined && delivered.length + started.length === 0) return { ok: false, refusal };
	return { ok: true, value: { delivered, started } };
}
