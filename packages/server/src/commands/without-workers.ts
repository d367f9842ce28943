import type { Command } from '@sendback/engine/commands.ts';
import type { RollbackId } from '@sendback/engine/terms.ts';
import { refuse } from '../refusals.ts';
import type { TenantId } from '../services.ts';
import type { Decision } from './fold-jobs.ts';
import type { CommandTarget } from './settle-jobs.ts';

export interface Compensations {
	/** Locks the compensations of a rollback as a worker would. */
	readonly reserve: (tenant: TenantId, rollback: RollbackId) => Promise<Reservation>;
}

export interface Reservation {
	/** False where a worker has had one of them. */
	readonly isWhole: boolean;
	/** Gives back what was reserved; what somebody else has reserved as well stays so. */
	readonly release: () => Promise<void>;
}

/**
 * Taking a rollback back withdraws its compensations, which is right only while no worker has begun one. So they are
 * locked first, and a worker that comes meanwhile finds nothing. A process that dies in between leaves a lock that ends.
 */
export async function withoutWorkers(
	{ reserve }: Compensations,
	{ tenant }: CommandTarget,
	command: Command,
	decide: () => Promise<Decision>,
): Promise<Decision> {
	if (command.type !== 'undo-rollback') return decide();
	const { rollback } = command;
	const { isWhole, release } = await reserve(tenant, rollback);
	if (!isWhole) {
		await release();
		return { kind: 'refused', refusal: refuse('rollback-barrier', { rollback }) };
	}
	const decision = await decide();
	if (decision.kind !== 'accepted') await release();
	return decision;
}
