import type { EventEffect } from '@sendback/engine/events.ts';
import type { Seq } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { LoadInstance } from '../commands/live-instance.ts';
import type { Clock, CommandService, EventRecipient, InstanceId, TenantId } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';
import { run } from '../storage/postgres/connect.ts';
import { StorageUnavailable } from '../storage/storage-errors.ts';
import { groupBy } from '../timers/group-by.ts';
import { reach } from './reach.ts';
import { findMessageRecipients, findSignalRecipients, type Recipients } from './recipients.ts';

export interface DeliveryDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly commands: Pick<CommandService, 'start' | 'submit'>;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
	readonly log: (message: string, details?: object) => void;
}

const CLAIM = 100;
/** Recipients that refuse an event for a reason of their own, as a condition that fails, and bugs: given up after hours. */
const MAX_TRIES = 10;
/** When it is tried again where the database could not be used. */
const OUTAGE_MS = 10_000;

interface ThrownRow {
	readonly tenant_id: TenantId;
	readonly instance_id: number;
	readonly seq: Seq;
	readonly payload: string;
	readonly recipients: string | null;
	readonly tries: number;
	/** Its place in the order of events. */
	readonly thrown: number;
}

/**
 * Delivers a batch of the messages and signals that instances threw: those of one instance in their order. They were
 * committed with what threw them, and whom they reach is written down before the first is reached, so each recipient gets
 * each exactly once: its coming there, and a start, has a key of its own.
 *
 * @returns how many were taken
 */
export async function deliverThrown(deps: DeliveryDependencies): Promise<number> {
	const claimed = await run<ThrownRow>(deps.pool, 'claim-thrown', [deps.clock.now(), CLAIM]);
	const inOrder = [...claimed].sort((a, b) => a.seq - b.seq);
	const lanes = groupBy(inOrder, ({ tenant_id, instance_id }) => `${tenant_id}/${instance_id}`);
	await Promise.all(lanes.map((thrown) => deliverInOrder(deps, thrown)));
	return claimed.length;
}

async function deliverInOrder(deps: DeliveryDependencies, thrown: readonly ThrownRow[]): Promise<void> {
	for (const row of thrown) {
		try {
			await deliver(deps, row);
		} catch (error) {
			deps.log('a thrown event could not be delivered and will be tried again', {
				tenant: row.tenant_id,
				instance: row.instance_id,
				error: String(error),
			});
		}
	}
}

/** Whom each of the effects of a firing reaches. */
type Addressed = readonly Recipients[];

async function deliver(deps: DeliveryDependencies, row: ThrownRow): Promise<void> {
	const { tenant_id: tenant, instance_id: source, seq, tries } = row;
	const postpone = (ms: number) => run(deps.pool, 'postpone-thrown', [tenant, source, seq, deps.clock.now() + ms]);
	const failure = await reachAll(deps, row).catch(async (error: unknown): Promise<Failure> => {
		if (!(error instanceof StorageUnavailable)) return { error: String(error) };
		await postpone(OUTAGE_MS).catch(() => undefined);
		throw error;
	});
	if (failure?.retryAfterSeconds !== undefined) {
		await postpone(failure.retryAfterSeconds * 1_000);
		return;
	}
	if (failure !== null) {
		const isOver = tries >= MAX_TRIES;
		const what = isOver ? 'a thrown event was not delivered to all' : 'a thrown event will be delivered again';
		deps.log(what, { tenant, instance: source, ...failure });
		if (!isOver) return;
	}
	await run(deps.pool, 'finish-thrown', [tenant, source, seq, deps.clock.now()]);
}

/** Why some could not be reached. */
interface Failure {
	readonly code?: string;
	readonly by?: EventRecipient;
	/** How many. */
	readonly refused?: number;
	readonly error?: string;
	/** Where some of them can be reached later, whatever becomes of the others. */
	readonly retryAfterSeconds?: number;
}

/** Null where all were reached. */
async function reachAll(deps: DeliveryDependencies, row: ThrownRow): Promise<Failure | null> {
	const { tenant_id: tenant, instance_id: source, seq } = row;
	const stored = await deps.load(tenant, String(source));
	const businessKey = stored?.instance.facts.businessKey ?? null;
	const { effects } = JSON.parse(row.payload) as { readonly effects: readonly EventEffect[] };
	const addressed = row.recipients ?? (await address(deps, row, effects, businessKey));

	const refusals = [];
	for (const [index, recipients] of (JSON.parse(addressed) as Addressed).entries()) {
		const event = { tenant, variables: {}, businessKey, identity: `${source} ${seq} ${index}` };
		refusals.push(...(await reach(deps, event, recipients)).refusals);
	}
	const first = refusals.find(({ refusal }) => refusal.retryAfterSeconds !== undefined) ?? refusals[0];
	if (first === undefined) return null;
	const { code, retryAfterSeconds } = first.refusal;
	const failure = { code, by: first.by, refused: refusals.length };
	return retryAfterSeconds === undefined ? failure : { ...failure, retryAfterSeconds };
}

const NOBODY: Recipients = { waiting: [], startable: [] };

/** What waited for a signal where it was thrown has caught it there and then. */
function otherThan(source: InstanceId, { waiting, startable }: Recipients): Recipients {
	return { waiting: waiting.filter(({ instance }) => instance !== source), startable };
}

/** A thrown message has the business key of its instance as its key: it reaches what has that key, or asks for none. */
async function address(
	{ pool }: DeliveryDependencies,
	{ tenant_id: tenant, instance_id, seq, thrown }: ThrownRow,
	effects: readonly EventEffect[],
	key: string | null,
): Promise<string> {
	const found: Recipients[] = [];
	const find = async ({ kind, name }: EventEffect) => {
		// Nothing can wait for what cannot be stored.
		if (!isStorable(name)) return NOBODY;
		if (kind === 'throw-signal')
			return otherThan(String(instance_id), await findSignalRecipients(pool, tenant, name, thrown));
		return findMessageRecipients(pool, tenant, { name, instance: null, businessKey: null, key });
	};
	for (const effect of effects) found.push(await find(effect));
	const values = [tenant, instance_id, seq, JSON.stringify(found satisfies Addressed)];
	const [addressed] = await run<{ recipients: string }>(pool, 'address-thrown', values);
	if (addressed === undefined) throw new Error('bug: a thrown event is not in the outbox');
	return addressed.recipients;
}
