import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REAL_CLOCK } from '@sendback/server/clock/real-clock.ts';
import { openServices } from '@sendback/server/server.ts';
import { BLOCK_SIZE, firstIdOfBlock } from '@sendback/server/storage/dated-ids.ts';
import { PLANNER_OPTIONS } from '@sendback/server/storage/postgres/session-options.ts';
import pg from 'pg';
import { chainFlow } from '../load/chain-flow.ts';
import { seed } from '../seed/seed.ts';
import { deployTemplates } from '../seed/template.ts';
import { TENANT } from '../support/sendback-server.ts';
import { recordStages, type Stage } from './stages.ts';

export interface BareOptions {
	readonly databaseUrl: string;
	readonly callers: number;
	readonly seconds: number;
	readonly warmupSeconds: number;
	/** Instances for each caller. */
	readonly stock: number;
	readonly chain: number;
}

export interface BareMeasurement {
	readonly throughput: number;
	readonly done: number;
}

const IN_FLIGHT = 2;
const MAX_BATCH = 256;
const SQL = fileURLToPath(new URL('../../bare/agree.sql', import.meta.url));

/** An instance on its way, and the task that it waits at. */
interface Run {
	readonly instance: number;
	readonly person: string;
	task: number;
	agreed: number;
}

/** How fast this PostgreSQL takes the writes of agreements from Node, when Node does nothing else. */
export async function measureBareAgrees(options: BareOptions): Promise<BareMeasurement> {
	const { databaseUrl, callers, seconds, warmupSeconds, stock, chain } = options;
	const openTasks = callers * stock;
	await seed({ databaseUrl, tenant: TENANT, openTasks, history: 0, users: callers, chain, agreed: 0 }, () => ({
		advance: () => undefined,
		end: () => undefined,
	}));
	const stages = await stagesOf(databaseUrl, chain);
	const pool = new pg.Pool({
		connectionString: databaseUrl,
		max: IN_FLIGHT,
		options: PLANNER_OPTIONS,
	});
	try {
		const runs = await readRuns(pool, openTasks);
		const writer = new Writer(pool, stages, await reserveIds(pool, openTasks * chain));
		return await closedLoop(writer, runs, stages.length, { callers, seconds, warmupSeconds });
	} finally {
		await pool.end();
	}
}

async function stagesOf(databaseUrl: string, chain: number): Promise<readonly Stage[]> {
	const connection = { connectionString: databaseUrl };
	const services = await openServices({ connection, clock: REAL_CLOCK, log: () => undefined, background: false });
	const pool = new pg.Pool(connection);
	try {
		const flow = chainFlow(chain);
		await deployTemplates(services, TENANT, flow);
		return await recordStages(services, pool, TENANT, flow);
	} finally {
		await pool.end();
		await services.close();
	}
}

/** Instances at their first task, that nobody has agreed to yet. */
async function readRuns(pool: pg.Pool, count: number): Promise<Run[]> {
	const { rows } = await pool.query<{ instance: string; task: string; person: string }>(
		`SELECT i.id AS instance, a.task_id AS task, a.user_id AS person
		FROM instances AS i JOIN assignments AS a ON a.tenant_id = i.tenant_id AND a.instance_id = i.id
		WHERE i.tenant_id = $1 AND i.version = 1 AND i.status = 'in_process' AND a.user_id LIKE 'seed-%'
		LIMIT $2`,
		[TENANT, count],
	);
	return rows.map(({ instance, task, person }) => ({
		instance: Number(instance),
		task: Number(task),
		person,
		agreed: 0,
	}));
}

/** Ids that nobody else gets, one after the other. */
async function reserveIds(pool: pg.Pool, count: number): Promise<() => number> {
	const blocks = Math.ceil(count / BLOCK_SIZE);
	const { rows } = await pool.query<{ block: string }>(
		"SELECT nextval('id_blocks') AS block FROM generate_series(1, $1)",
		[blocks],
	);
	const now = Date.now();
	let taken = 0;
	return () => {
		const block = rows[Math.floor(taken / BLOCK_SIZE)];
		if (block === undefined) throw new Error('bug: more ids are wanted than were reserved');
		return firstIdOfBlock(now, Number(block.block)) + (taken++ % BLOCK_SIZE);
	};
}

interface Waiting {
	readonly run: Run;
	readonly written: () => void;
	readonly failed: (error: unknown) => void;
}

/** Batches as the server does: what waits goes together, with two in flight and no timer. */
class Writer {
	readonly #pool: pg.Pool;
	readonly #stages: readonly Stage[];
	readonly #nextId: () => number;
	readonly #text = readFileSync(SQL, 'utf8');
	readonly #waiting: Waiting[] = [];
	readonly #prefix = Date.now().toString(36);
	#inFlight = 0;
	#keys = 0;

	constructor(pool: pg.Pool, stages: readonly Stage[], nextId: () => number) {
		this.#pool = pool;
		this.#stages = stages;
		this.#nextId = nextId;
	}

	agree(run: Run): Promise<void> {
		return new Promise((written, failed) => {
			this.#waiting.push({ run, written, failed });
			this.#pump();
		});
	}

	#pump(): void {
		while (this.#inFlight < IN_FLIGHT && this.#waiting.length > 0) {
			this.#inFlight++;
			void this.#write(this.#waiting.splice(0, MAX_BATCH)).finally(() => {
				this.#inFlight--;
				this.#pump();
			});
		}
	}

	async #write(batch: readonly Waiting[]): Promise<void> {
		try {
			const rows = batch.map(({ run }) => this.#rowOf(run));
			const column = <Cell>(pick: (row: (typeof rows)[number]) => Cell) => rows.map(pick);
			const documents = (pick: (row: (typeof rows)[number]) => string) => rows.map(pick).join('\u001f');
			const values = [
				TENANT,
				column(({ run, at, next }) => [run.instance, run.agreed + 1, run.task, at, next ?? -1]),
				column(({ stage }) => stage.status),
				documents(({ stage }) => stage.state),
				documents(({ stage }) => stage.events),
				column(({ run }) => run.person),
				documents(({ stage }) => stage.assignments),
				column(({ stage }) => stage.next?.node ?? null),
				documents(({ stage }) => stage.next?.past ?? ''),
				documents(({ stage }) => stage.next?.assignments ?? ''),
				column(({ key }) => key),
				documents(({ result }) => result),
			];
			const { rows: answer } = await this.#pool.query<{ written: number }>({
				name: 'agree',
				text: this.#text,
				values,
			});
			if (answer[0]?.written !== batch.length) throw new Error('bug: an instance was not as expected');
			for (const [index, { run, written }] of batch.entries()) {
				run.agreed++;
				run.task = rows[index]?.next ?? 0;
				written();
			}
		} catch (error) {
			for (const { failed } of batch) failed(error);
		}
	}

	#rowOf(run: Run) {
		const stage = this.#stages[run.agreed];
		if (stage === undefined) throw new Error('bug: the instance has ended');
		const next = stage.next === null ? null : this.#nextId();
		const opened = stage.next === null ? [] : [{ id: String(next), node: stage.next.node }];
		const result = JSON.stringify({ instance: String(run.instance), status: stage.status, repeated: false, opened });
		return { run, stage, next, result, key: `bare/${this.#prefix}-${++this.#keys}`, at: Date.now() };
	}
}

async function closedLoop(
	writer: Writer,
	runs: Run[],
	stages: number,
	{ callers, seconds, warmupSeconds }: Pick<BareOptions, 'callers' | 'seconds' | 'warmupSeconds'>,
): Promise<BareMeasurement> {
	const begin = performance.now() + warmupSeconds * 1000;
	const end = begin + seconds * 1000;
	let done = 0;
	let next = 0;
	await Promise.all(
		Array.from({ length: callers }, async () => {
			while (performance.now() < end) {
				const run = runs[next++];
				if (run === undefined) throw new Error('The bare loop ran out of instances: give it more --stock.');
				await writer.agree(run);
				const now = performance.now();
				if (now >= begin && now < end) done++;
				if (run.agreed < stages) runs.push(run);
			}
		}),
	);
	return { throughput: done / seconds, done };
}
