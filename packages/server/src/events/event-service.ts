import type pg from 'pg';
import type { FindAnswer } from '../commands/idempotency.ts';
import type { LoadInstance } from '../commands/live-instance.ts';
import { refuse } from '../refusals.ts';
import type { Answered, Clock, CommandService, Delivery, EventService, Idempotency, TenantId } from '../services.ts';
import { isDecimalId, isStorable } from '../storage/decimal-id.ts';
import { type Noted, notesOf } from './notes.ts';
import { type OnItsWay, reach } from './reach.ts';
import { findMessageRecipients, findSignalRecipients, findStartable, type Recipients } from './recipients.ts';

export interface EventDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly commands: Pick<CommandService, 'start' | 'submit'>;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
	readonly findAnswer: FindAnswer<Noted>;
	readonly runDueTimers: EventService['runDueTimers'];
	readonly log: (message: string, details?: object) => void;
}

/** So many of those who refuse an event are named in the log. */
const LOGGED = 10;

/** An event from outside, and whom it reaches. */
interface Given extends Omit<OnItsWay, 'identity'> {
	readonly kind: 'message' | 'signal';
	readonly idempotency: Idempotency | null | undefined;
	readonly find: () => Promise<Recipients>;
	/** Whom it reaches where all who waited have stopped meanwhile. */
	readonly instead: (() => Promise<Recipients>) | null;
}

/** Messages and signals from outside: who waits is looked up, and each gets a command of its own. */
export function createEvents(deps: EventDependencies): EventService {
	const { pool, load, log } = deps;

	/** Reaches whom an event is for. A repeat gets the answer; where that was lost, it reaches the rest of the same ones. */
	async function deliver({ kind, find, instead, idempotency, ...content }: Given): Promise<Answered<Delivery>> {
		const event = { ...content, identity: idempotency?.key ?? null };
		const notes = notesOf(deps, event.tenant, idempotency ?? null);

		async function carryOn(noted: Answered<Noted>): Promise<Answered<Delivery>> {
			if (!noted.ok) return noted;
			const { value } = noted;
			if (!('recipients' in value)) return { ok: true, value };
			const reached = await reach(deps, event, value.recipients);
			// The rest of them are reached by a repeat: that is no answer to keep.
			const later = reached.refusals.find(({ refusal }) => refusal.retryAfterSeconds !== undefined);
			if (later !== undefined) return { ok: false, refusal: later.refusal };
			if (instead !== null && isInVain(reached, value.recipients))
				return carryOn(await notes.address(await instead(), 'instead'));
			const answer = answerOf(reached);
			if (answer.ok && !(kind === 'message' && isNobody(answer.value))) await notes.answer(answer.value);
			else await notes.forget(value.recipients);
			tellRefusals(event.tenant, answer);
			return answer;
		}

		return carryOn((await notes.find()) ?? (await notes.address(await find(), 'first')));
	}

	/** Whoever sends events may not read what came of them. */
	function tellRefusals(tenant: TenantId, answer: Answered<Delivery>): void {
		const refused = (answer.ok && answer.value.refused) || [];
		if (refused.length === 0) return;
		const some = refused.slice(0, LOGGED);
		log('an event could not come to all whom it was for', { tenant, refused: refused.length, some });
	}

	return {
		correlate: async ({ tenant, idempotency, variables, ...message }) => {
			const { name, instance, businessKey, key } = message;
			if (!isStorable([name, businessKey, key, idempotency?.key].join())) return UNSTORABLE;
			if (instance !== null && (!isDecimalId(instance) || (await load(tenant, instance)) === null))
				return { ok: false, refusal: refuse('instance-unknown', { instance }) };
			const find = () => findMessageRecipients(pool, tenant, message);
			const starts = async () => ({ waiting: [], startable: await findStartable(pool, tenant, 'message', name) });
			const instead = instance === null ? starts : null;
			return deliver({ kind: 'message', tenant, variables, businessKey, idempotency, find, instead });
		},
		broadcast: async ({ tenant, name, variables, idempotency }) => {
			if (!isStorable([name, idempotency?.key].join())) return UNSTORABLE;
			const find = () => findSignalRecipients(pool, tenant, name, null);
			return deliver({ kind: 'signal', tenant, variables, businessKey: null, idempotency, find, instead: null });
		},
		runDueTimers: deps.runDueTimers,
	};
}

const UNSTORABLE = { ok: false, refusal: refuse('variables-invalid', { reason: 'a text holds NUL' }) } as const;

type Reached = Awaited<ReturnType<typeof reach>>;

function isInVain({ delivered, refusals }: Reached, { waiting }: Recipients): boolean {
	return waiting.length > 0 && delivered.length === 0 && refusals.length === 0;
}

/** As the answer to a message that is a refusal, unlike to a signal: nothing has happened that a repeat would do again. */
function isNobody({ delivered, started }: Delivery): boolean {
	return delivered.length + started.length === 0;
}

/** A refusal only where nothing was reached: what happened to the others cannot be taken back. */
function answerOf({ delivered, started, refusals }: Reached): Answered<Delivery> {
	const [first] = refusals;
	if (first !== undefined && delivered.length + started.length === 0) return { ok: false, refusal: first.refusal };
	const refused = refusals.map(({ by, refusal: { code, details } }) => ({ by, code, details }));
	return { ok: true, value: { delivered, started, ...(refused.length === 0 ? {} : { refused }) } };
}
