import type { NodeId, TokenId } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { InstanceId, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';

/** Something in an instance that waits for an event. */
export interface Waiting {
	readonly instance: InstanceId;
	readonly token: TokenId;
	/**
	 * Its place in the order of events, which stays when the event is armed again after it has come. Absent in what was
	 * addressed by an earlier version.
	 */
	readonly since?: number;
}

/** A flow that an event starts. */
export interface Startable {
	readonly namespace: string;
	readonly flowId: string;
	readonly node: NodeId;
	readonly version: number;
}

/** Whom an event reaches. */
export interface Recipients {
	readonly waiting: readonly Waiting[];
	readonly startable: readonly Startable[];
}

export interface AddressedMessage {
	readonly name: string;
	readonly instance: InstanceId | null;
	readonly businessKey: string | null;
	readonly key: string | null;
}

interface WaitingRow {
	readonly instance_id: number;
	readonly token_id: TokenId;
	readonly since: number;
}

/** A message starts flows only where nothing waits for it, and never when it is for one instance. */
export async function findMessageRecipients(
	pool: pg.Pool,
	tenant: TenantId,
	{ name, instance, businessKey, key }: AddressedMessage,
): Promise<Recipients> {
	const rows = await run<WaitingRow>(pool, 'find-message-waits', [tenant, name, instance, businessKey, key]);
	if (rows.length > 0 || instance !== null) return { waiting: rows.map(waitingOf), startable: [] };
	return { waiting: [], startable: await findStartable(pool, tenant, 'message', name) };
}

/** @param thrown its place in the order of events, where an instance threw it: what began to wait later is not reached */
export async function findSignalRecipients(
	pool: pg.Pool,
	tenant: TenantId,
	name: string,
	thrown: number | null,
): Promise<Recipients> {
	const [waiting, startable] = await Promise.all([
		run<WaitingRow>(pool, 'find-signal-waits', [tenant, name, thrown]),
		findStartable(pool, tenant, 'signal', name),
	]);
	return { waiting: waiting.map(waitingOf), startable };
}

export async function findStartable(
	pool: pg.Pool,
	tenant: TenantId,
	kind: 'message' | 'signal',
	name: string,
): Promise<readonly Startable[]> {
	const rows = await run<{ namespace: string; flow_id: string; node_id: NodeId; version: number }>(
		pool,
		'find-event-starts',
		[tenant, kind, name],
	);
	return rows.map(({ namespace, flow_id: flowId, node_id: node, version }) => ({ namespace, flowId, node, version }));
}

/** The token that has taken the place of one that is not there any more; null where nothing waits there. */
export async function armedAgain(
	pool: pg.Pool,
	tenant: TenantId,
	{ instance, token, since }: Waiting,
): Promise<TokenId | null> {
	if (since === undefined) return null;
	const [wait] = await run<Pick<WaitingRow, 'token_id'>>(pool, 'find-wait', [tenant, instance, since]);
	return wait === undefined || wait.token_id === token ? null : wait.token_id;
}

function waitingOf({ instance_id, token_id: token, since }: WaitingRow): Waiting {
	return { instance: String(instance_id), token, since };
}
