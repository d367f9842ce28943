import { REAL_CLOCK } from '@sendback/server/clock/real-clock.ts';
import { makeMonths } from '@sendback/server/history/log-months.ts';
import { openServices } from '@sendback/server/server.ts';
import { BLOCK_SIZE, DAY_MS, firstIdOfBlock } from '@sendback/server/storage/dated-ids.ts';
import pg from 'pg';
import { chainFlow } from '../load/chain-flow.ts';
import type { Progress } from '../support/progress.ts';
import { type Copies, type CopyParameters, copiesOfInstance, copiesOfUser } from './copies.ts';
import { deployTemplates, makeTemplate } from './template.ts';

export interface SeedOptions {
	readonly databaseUrl: string;
	readonly tenant: string;
	/** Instances that wait at a task. */
	readonly openTasks: number;
	/** Commands in the log: those of the open instances, and for the rest of ended ones. */
	readonly history: number;
	readonly users: number;
	/** User tasks of the flow, one after the other. */
	readonly chain: number;
	/** Tasks of an open instance that are done; without it three, so that it can go back and on. */
	readonly agreed?: number;
}

const AGREED = 3;
/** Instances copied by one transaction. */
const CHUNK = 2_000;
/** Statements at once: each keeps one core of the database busy. */
const WORKERS = 2;
/** The copies are spread over half a year, so that the log has its months; ids know none before the first of 2026. */
const SPREAD_MS = 182 * DAY_MS;
const EARLIEST = Date.UTC(2026, 0, 1);
/** At least one moment in each month. */
const MONTH_STEP_MS = 28 * DAY_MS;
const CONNECTIONS = 2;

export interface Seeded {
	readonly open: number;
	readonly ended: number;
	/** Rows of the log. */
	readonly steps: number;
}

/**
 * Fills a database with real instances: a few are made by the commands that everybody uses, and copied inside the
 * database with ids, moments and users of their own. What is there already stays.
 */
export async function seed(options: SeedOptions, progress: (instances: number) => Progress): Promise<Seeded> {
	const { databaseUrl, tenant, openTasks, history, users, chain, agreed = AGREED } = options;
	const flow = chainFlow(chain);
	const connection = { connectionString: databaseUrl };
	const services = await openServices({
		connection,
		clock: REAL_CLOCK,
		log: () => undefined,
		connections: CONNECTIONS,
		background: false,
	});
	const pool = new pg.Pool({ ...connection, max: WORKERS });
	try {
		await deployTemplates(services, tenant, flow);
		const openTemplate = await makeTemplate(services, tenant, flow, Math.min(agreed, chain - 1));
		const endedTemplate = await makeTemplate(services, tenant, flow, chain);
		const client = await pool.connect();
		const open = await copiesOfInstance(client, tenant, openTemplate);
		const ended = await copiesOfInstance(client, tenant, endedTemplate);
		await client.query(await copiesOfUser(client, tenant), [0, users, 0, 0, 0, users]);
		client.release();

		const endedCount = Math.ceil(Math.max(0, history - openTasks * open.steps) / ended.steps);
		const shown = progress(openTasks + endedCount);
		const now = Date.now();
		const spreadFrom = Math.max(EARLIEST, now - SPREAD_MS);
		const msBetween = Math.floor((now - spreadFrom) / Math.max(1, openTasks, endedCount));
		for (let month = spreadFrom; month < now; month += MONTH_STEP_MS) await makeMonths(pool, month);
		await copy(pool, open, openTasks, [spreadFrom, msBetween, users], shown);
		await copy(pool, ended, endedCount, [spreadFrom, msBetween, users], shown);
		shown.end();
		// Frozen, so that no later reading has to write; and with statistics.
		await pool.query('VACUUM (FREEZE, ANALYZE)');
		return { open: openTasks, ended: endedCount, steps: openTasks * open.steps + endedCount * ended.steps };
	} finally {
		await pool.end();
		await services.close();
	}
}

async function copy(
	pool: pg.Pool,
	{ statements, stride }: Copies,
	total: number,
	rest: readonly [firstAt: number, msBetween: number, users: number],
	progress: Progress,
): Promise<void> {
	const chunk = Math.min(CHUNK, Math.floor(BLOCK_SIZE / stride));
	let next = 0;
	async function work(): Promise<void> {
		const client = await pool.connect();
		try {
			while (next < total) {
				const first = next;
				const end = Math.min(total, first + chunk);
				next = end;
				const { rows } = await client.query<{ block: string }>("SELECT nextval('id_blocks') AS block");
				const [firstAt, msBetween] = rest;
				const firstId = firstIdOfBlock(firstAt + first * msBetween, Number(rows[0]?.block));
				const parameters: CopyParameters = [first, end, firstId, ...rest];
				await client.query('BEGIN');
				for (const statement of statements) await client.query(statement, [...parameters]);
				await client.query('COMMIT');
				progress.advance(end - first);
			}
			client.release();
		} catch (error) {
			client.release(true);
			throw error;
		}
	}
	await Promise.all(Array.from({ length: WORKERS }, work));
}
