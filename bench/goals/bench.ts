import { type SeedOptions, seed } from '../seed/seed.ts';
import type { BenchPostgres } from '../support/postgres.ts';
import { showProgress } from '../support/progress.ts';
import { TENANT } from '../support/sendback-server.ts';
import type { Sizes } from './sizes.ts';

/** What goals measure on: one PostgreSQL for all, and databases that several of them use. */
export class Bench {
	readonly postgres: BenchPostgres;
	readonly sizes: Sizes;
	readonly log: (message: string) => void;
	#full: Promise<string> | null = null;

	constructor(postgres: BenchPostgres, sizes: Sizes, log: (message: string) => void) {
		this.postgres = postgres;
		this.sizes = sizes;
		this.log = log;
	}

	/** The database with a long history, filled once for all goals that want it. */
	fullDatabase(): Promise<string> {
		const { openTasks, history, tasksAUser } = this.sizes.full;
		this.#full ??= this.seeded('bench_full', { openTasks, history, users: Math.ceil(openTasks / tasksAUser) });
		return this.#full;
	}

	/** A database of its own with seeded instances in it. */
	async seeded(name: string, content: Content): Promise<string> {
		this.log(`filling ${name}`);
		const databaseUrl = await this.postgres.createDatabase(name);
		await this.fill(databaseUrl, content);
		return databaseUrl;
	}

	async fill(databaseUrl: string, content: Content): Promise<void> {
		const options = { databaseUrl, tenant: TENANT, chain: this.sizes.chain, ...content };
		await seed(options, (instances) => showProgress('    instances', instances));
	}
}

type Content = Pick<SeedOptions, 'openTasks' | 'history' | 'users'>;
