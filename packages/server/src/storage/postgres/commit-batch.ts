import type pg from 'pg';
import type { InstanceWrite } from '../instance-write.ts';
import { CommitOutcomeUnknown, StorageUnavailable } from '../storage-errors.ts';
import { commitParameters } from './commit-parameters.ts';
import { runOn } from './connect.ts';
import { asUnavailable, isReported, isRetryable } from './server-errors.ts';
import { type Statement, statement } from './statements.ts';

/** Deadlocks and serialization failures: the batch is tried as often as this before it counts as refused. */
const ATTEMPTS = 5;

/**
 * The statement, and the part of it that is enough for most batches: PostgreSQL opens every table that a statement names,
 * rows or not, which is most of the time of a small batch.
 */
const WHOLE = statement('commit-batch');
const COMMON: Statement = { name: 'commit-batch-common', text: commonPart(WHOLE.text) };

function commonPart(text: string): string {
	const [common, rare] = text.split(/,\n-- What few commands cause .*\n/);
	const answer = rare?.slice(rare.lastIndexOf('\n)') + 2);
	if (common === undefined || answer === undefined) throw new Error('bug: commit-batch.sql has no line to be cut at');
	return common + answer;
}

/**
 * Writes a batch in one statement: each instance whole, or not at all where its version is no longer the expected one.
 *
 * @returns for each write whether it won, once it is durable
 * @throws pg.DatabaseError where a row is not acceptable: then nothing of the batch was written
 * @throws StorageUnavailable where the database cannot be used: nothing was written
 * @throws CommitOutcomeUnknown where the connection broke during the commit
 */
export async function commitBatch(pool: pg.Pool, writes: readonly InstanceWrite[]): Promise<readonly boolean[]> {
	// In the order of the keys, so that two batches lock their rows in the same order.
	const sorted = [...writes.entries()].sort(([, a], [, b]) => compareKeys(a, b));
	const { common, rare } = commitParameters(sorted.map(([, write]) => write));
	const values = rare === null ? common : [...common, ...rare];
	for (let attempt = 1; ; attempt++) {
		let sent = false;
		try {
			const { rows } = await runOn<{ write: number }>(pool, rare === null ? COMMON : WHOLE, values, () => {
				sent = true;
			});
			const won = new Array<boolean>(writes.length).fill(false);
			for (const { write } of rows) {
				const original = sorted[write - 1]?.[0];
				if (original !== undefined) won[original] = true;
			}
			return won;
		} catch (error) {
			if (isRetryable(error) && attempt < ATTEMPTS) continue;
			if (isReported(error)) throw asUnavailable(error);
			throw sent ? new CommitOutcomeUnknown(error) : new StorageUnavailable('The database cannot be reached.', error);
		}
	}
}

function compareKeys({ facts: a }: InstanceWrite, { facts: b }: InstanceWrite): number {
	if (a.tenant !== b.tenant) return a.tenant < b.tenant ? -1 : 1;
	return Number(a.id) - Number(b.id);
}
