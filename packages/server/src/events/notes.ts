import type pg from 'pg';
import { answerUnder, type FindAnswer, recall } from '../commands/idempotency.ts';
import type { Answered, Clock, Delivery, Idempotency, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import type { Recipients } from './recipients.ts';

/** Whom an event reaches: what is under its key until it has reached them. No command has its fingerprint. */
export interface Addressed {
	readonly recipients: Recipients;
}

/** What is under the key of an event. */
export type Noted = Addressed | Delivery;

/**
 * What is written down of an event, so that a repeat after a crash or a lost answer reaches whom the first one reached and
 * nobody else: whoever waited for it may have gone on, and something else come to wait.
 */
export interface Notes {
	/** Null where its key is new. */
	readonly find: () => Promise<Answered<Noted> | null>;
	/**
	 * Before the first of them is reached. What was noted already holds, but those of whom all have stopped give way.
	 *
	 * @returns what holds
	 */
	readonly address: (recipients: Recipients, use: 'first' | 'instead') => Promise<Answered<Noted>>;
	readonly answer: (delivery: Delivery) => Promise<void>;
	/** Nobody of them was reached, and its key is free again; unless a repeat has meanwhile found others. */
	readonly forget: (recipients: Recipients) => Promise<void>;
}

export interface NotesDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly findAnswer: FindAnswer<Noted>;
}

export function notesOf(deps: NotesDependencies, tenant: TenantId, idempotency: Idempotency | null): Notes {
	if (idempotency === null) return NO_NOTES;
	const { pool, clock, findAnswer } = deps;
	const { key, fingerprint } = idempotency;
	return {
		find: () => recall(findAnswer, tenant, idempotency),
		address: async (recipients, use) => {
			const addressed = JSON.stringify({ recipients } satisfies Addressed);
			const values = [tenant, key, fingerprint, addressed, clock.now(), use === 'instead'];
			const [row] = await run<{ fingerprint: string; result: string }>(pool, 'address-event', values);
			if (row === undefined) throw new Error('bug: nothing is under the key of an event');
			return answerUnder({ fingerprint: row.fingerprint, result: JSON.parse(row.result) as Noted }, idempotency);
		},
		answer: async (delivery) => {
			await run(pool, 'remember-answer', [tenant, key, fingerprint, JSON.stringify(delivery), clock.now()]);
		},
		forget: async (recipients) => {
			await run(pool, 'forget-recipients', [tenant, key, fingerprint, JSON.stringify(recipients)]);
		},
	};
}

/** Of an event without a key, which nobody repeats. */
const NO_NOTES: Notes = {
	find: async () => null,
	address: async (recipients) => ({ ok: true, value: { recipients } }),
	answer: async () => undefined,
	forget: async () => undefined,
};
