import type { BenchPostgres } from '../support/postgres.ts';
import type { Contender } from './contender.ts';
import type { Workload } from './workloads.ts';

/** What one operation costs the database, on average. */
export interface Costs {
	/** Without those that only begin and end transactions. Null where the server does not count statements. */
	readonly statements: number | null;
	readonly walBytes: number;
}

const CONTROL = '^\\s*(begin|start|commit|rollback|set|show|discard)\\b';
/** Connections see a changed setting when they are next used. */
const RELOAD_MS = 300;

/**
 * Counts in runs of their own: counting takes a little time for each statement, and who sends more of them would lose
 * more.
 */
export class CostMeter {
	readonly #postgres: BenchPostgres;
	readonly #countsStatements: boolean;

	private constructor(postgres: BenchPostgres, countsStatements: boolean) {
		this.#postgres = postgres;
		this.#countsStatements = countsStatements;
	}

	static async open(postgres: BenchPostgres): Promise<CostMeter> {
		const meter = new CostMeter(postgres, await canCountStatements(postgres));
		await meter.#count('none');
		return meter;
	}

	/** @param times operations; there have to be prepared instances for them */
	async measure(contender: Contender, workload: Workload, times: number): Promise<Costs> {
		await this.#count('top');
		const before = await this.#totals(contender.database);
		await contender.repeat(workload, times);
		const after = await this.#totals(contender.database);
		await this.#count('none');
		return {
			statements:
				before.statements === null || after.statements === null ? null : (after.statements - before.statements) / times,
			walBytes: (after.wal - before.wal) / times,
		};
	}

	/** A server of somebody's own keeps its settings. */
	async #count(what: 'top' | 'none'): Promise<void> {
		if (this.#postgres.kind === 'external') return;
		await this.#postgres.query(`ALTER SYSTEM SET pg_stat_statements.track = '${what}'`);
		await this.#postgres.query('SELECT pg_reload_conf()');
		await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
	}

	async #totals(database: string): Promise<{ readonly statements: number | null; readonly wal: number }> {
		const [wal] = await this.#postgres.query<{ bytes: number }>(
			"SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS bytes",
		);
		if (!this.#countsStatements) return { statements: null, wal: wal?.bytes ?? 0 };
		const [row] = await this.#postgres.query<{ calls: number }>(
			`SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements
			JOIN pg_database ON pg_database.oid = dbid WHERE datname = $1 AND query !~* $2`,
			[database, CONTROL],
		);
		return { statements: row?.calls ?? null, wal: wal?.bytes ?? 0 };
	}
}

/** On a server of somebody's own the library may not be loaded, or not be ours to use. */
async function canCountStatements(postgres: BenchPostgres): Promise<boolean> {
	try {
		await postgres.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
		await postgres.query('SELECT FROM pg_stat_statements LIMIT 1');
		return true;
	} catch {
		return false;
	}
}
