import type { TimeMs, TokenId, Variables } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import { readDifference } from '../commands/compensated-variables.ts';
import type { LoadInstance, StoredInstance } from '../commands/live-instance.ts';
import { variablesAt } from '../commands/visible-variables.ts';
import type { Clock, Job, JobRequest } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';
import { run } from '../storage/postgres/connect.ts';
import { type JobFactsRow, jobFacts } from './job-facts.ts';

export interface FetchDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
}

const MAX_FETCH = 100;
/** Characters of variables in one answer, about. The first job comes whatever it has. */
const MAX_ANSWER = 8_000_000;

interface SharedRow {
	readonly id: number;
	readonly variables: string | null;
}

interface FetchedRow extends JobFactsRow {
	readonly token_id: TokenId | null;
	readonly rollback_id: number | null;
	readonly locked_until: TimeMs;
	/** Of a compensation: what the work had that it undoes (compensated-variables.ts). */
	readonly variables: string | null;
	readonly was_fetched: boolean;
}

/** Locks work for a worker. What does not fit into one answer, or could not be read, is free again at once. */
export async function fetchJobs(deps: FetchDependencies, request: JobRequest): Promise<readonly Job[]> {
	const { tenant, worker, topics, lockMs, limit } = request;
	if (!isStorable(worker)) return [];
	const now = deps.clock.now();
	const lockedUntil = now + lockMs;
	const rows = await run<FetchedRow>(deps.pool, 'fetch-jobs', [
		tenant,
		[...new Set(topics)].filter(isStorable),
		now,
		worker,
		Math.min(limit, MAX_FETCH),
		lockedUntil,
	]);
	const left = new Set(rows);
	try {
		return await handOut(deps, request, rows, left);
	} finally {
		if (left.size > 0) {
			const [ids, flags] = [[...left].map(({ id }) => id), [...left].map((row) => row.was_fetched)];
			await run(deps.pool, 'return-jobs', [tenant, worker, lockedUntil, ids, flags]);
		}
	}
}

/** @param left what was not handed out: each row is taken out of it with its job */
async function handOut(
	{ pool, load }: FetchDependencies,
	{ tenant }: JobRequest,
	rows: readonly FetchedRow[],
	left: Set<FetchedRow>,
): Promise<readonly Job[]> {
	const instances = [...new Set(rows.map((row) => row.instance_id))];
	const loaded = await Promise.all(instances.map(async (id) => [id, await load(tenant, String(id))] as const));
	const stored = new Map(loaded);
	const rollbacks = [...new Set(rows.flatMap(({ rollback_id: id }) => id ?? []))];
	const shared = rollbacks.length === 0 ? [] : await run<SharedRow>(pool, 'shared-variables', [tenant, rollbacks]);
	const sharedBy = new Map(shared.map(({ id, variables }) => [id, variables]));
	const jobs: Job[] = [];
	let size = 0;
	for (const row of [...rows].sort((a, b) => a.id - b.id)) {
		const found = stored.get(row.instance_id) ?? null;
		const base = sharedBy.get(row.rollback_id ?? 0) ?? null;
		size += row.variables === null || base === null ? (found?.text.length ?? 0) : base.length + row.variables.length;
		if (jobs.length > 0 && size > MAX_ANSWER) break;
		left.delete(row);
		const variables = variablesFor(row, base, found);
		if (variables !== null) jobs.push(jobOf(row, variables));
	}
	return jobs;
}

function jobOf(row: FetchedRow, variables: Variables): Job {
	return {
		...jobFacts(row),
		variables,
		lockedUntil: row.locked_until,
	};
}

/** Null where the work was withdrawn between the lock and now. */
function variablesFor(
	{ token_id, variables }: FetchedRow,
	shared: string | null,
	stored: StoredInstance | null,
): Variables | null {
	if (variables !== null && shared !== null) return readDifference(shared, variables);
	const state = stored?.instance.state ?? null;
	// A compensation without variables of its own was written by an earlier version, or there were too many.
	const scope = token_id === null ? 0 : state?.tokens[token_id]?.scope;
	return state === null || scope === undefined ? null : variablesAt(state, scope);
}
