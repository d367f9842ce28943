import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Archive } from '../../src/history/archive.ts';
import { dropUnused, listPartitions, makeMonths } from '../../src/history/log-months.ts';
import type { Pruned, PruneOptions } from '../../src/history/prune.ts';
import { Upkeep } from '../../src/history/upkeep.ts';
import { connect, type Database, run } from '../../src/storage/postgres/connect.ts';
import { SQL_DIRECTORY } from '../../src/storage/postgres/statements.ts';
import { accepted, agreement, rollback, type Stage, sequence, setStage, TENANT } from '../support/services.ts';

const MARCH = Date.UTC(2026, 2, 9);
const DAY = 86_400_000;
const HOUR = 3_600_000;

let now = MARCH;
let stage: Stage;
let database: Database;
beforeAll(async () => {
	stage = await setStage({ two: sequence('a=bob', 'b=cat') }, { now: () => ++now, advance: null });
	for (const tenant of [TENANT, 'other']) {
		await stage.services.apps.create({ tenant, name: tenant, scopes: [], store: false });
	}
	const connection = stage.database.connection as pg.PoolConfig;
	database = connect({ connection, batchesInFlight: 1, connections: 2, log: () => undefined });
});
afterAll(async () => {
	await database.close();
	await stage.close();
});
beforeEach(async () => {
	now = MARCH;
	const tables = [...(await tablesWith('instance_id')), ...(await tablesWith('task_id')), 'instances', 'idempotency'];
	await stage.database.query(`TRUNCATE ${[...new Set(tables)].join()}`);
	await stage.database.query('UPDATE tenants SET keep_days = NULL');
	await makeMonths(database.pool, now);
	// The one for ids without a day, of which there are none, goes at the first opportunity.
	for (const partition of await listPartitions(database.pool)) {
		if (partition.name === 'steps_undated') await dropUnused(database.pool, partition);
	}
});

async function prune(options: Partial<PruneOptions> = {}): Promise<Pruned> {
	const { tenant = null, dryRun = false, archive = null, progress = () => undefined } = options;
	return stage.services.history.prune({ tenant, dryRun, archive, progress });
}

async function start(): Promise<string> {
	return (await stage.start('two')).instance;
}

/** Decides every task until the instance has ended. */
async function end(instance: string): Promise<void> {
	accepted(await stage.agree((await stage.openTask(instance, 'a')).id, 'bob'));
	accepted(await stage.agree((await stage.openTask(instance, 'b')).id, 'cat'));
}

/** Tables with a column, and how many of their rows have one of the values. */
async function rowsOf(column: string, values: readonly string[]): Promise<Readonly<Record<string, number>>> {
	const counts: Record<string, number> = {};
	for (const table of await tablesWith(column)) {
		const [row] = await stage.database.query<{ count: number }>(
			`SELECT count(*)::int AS count FROM ${table} WHERE ${column} = ANY($1)`,
			[values],
		);
		counts[table] = row?.count ?? 0;
	}
	return counts;
}

async function tablesWith(column: string): Promise<readonly string[]> {
	const tables = await stage.database.query<{ name: string }>(
		`SELECT c.relname AS name
		FROM pg_attribute AS a
		JOIN pg_class AS c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			AND a.attname = $1
		ORDER BY c.relname`,
		[column],
	);
	return tables.map(({ name }) => name);
}

async function months(): Promise<readonly string[]> {
	return (await stage.services.history.status()).partitions.map(({ name }) => name);
}

describe('retention', () => {
	it('removes nothing where nothing was said', async () => {
		await end(await start());
		now += 1_000 * DAY;
		expect(await prune()).toEqual({ instances: 0, dropped: [] });
	});

	it('removes what ended longer ago than it is kept, and only that', async () => {
		const [ended, running, late] = [await start(), await start(), await start()];
		await end(ended);
		now += 20 * DAY;
		await end(late);
		now += 15 * DAY;
		await stage.services.history.keep(TENANT, 30);
		const others = (await stage.start('two', { tenant: 'other' })).instance;

		expect(await prune({ dryRun: true })).toEqual({ instances: 1, dropped: [] });
		expect(await stage.services.instances.find(TENANT, ended)).not.toBeNull();
		expect(await prune()).toEqual({ instances: 1, dropped: [] });
		expect(await prune()).toEqual({ instances: 0, dropped: [] });

		expect(await stage.services.instances.find(TENANT, ended)).toBeNull();
		expect(await stage.services.instances.history(TENANT, ended, 0, 10)).toBeNull();
		expect(await stage.services.instances.find(TENANT, late)).not.toBeNull();
		expect(await stage.services.instances.find('other', others)).not.toBeNull();
		await end(running);
	});

	it('leaves no row behind in any table', async () => {
		const instance = await start();
		const task = (await stage.openTask(instance, 'a')).id;
		accepted(await stage.submit(task, { type: 'copy-task', task, user: 'bob', users: ['eve'] }));
		accepted(await stage.agree(task, 'bob'));
		const second = (await stage.openTask(instance, 'b')).id;
		accepted(await stage.submit(second, rollback(second, 'cat', task)));
		await end(instance);
		const tasks = (await stage.services.tasks.ofInstance(TENANT, instance)).map(({ id }) => id);
		const before = { ...(await rowsOf('instance_id', [instance])), ...(await rowsOf('task_id', tasks)) };
		for (const table of ['steps', 'tasks', 'copies', 'rollbacks', 'assignments', 'outbox']) {
			expect(before[table], table).toBeGreaterThan(0);
		}
		await stage.services.history.keep(TENANT, 1);
		now += 2 * DAY;
		expect((await prune()).instances).toBe(1);
		const after = { ...(await rowsOf('instance_id', [instance])), ...(await rowsOf('task_id', tasks)) };
		expect(Object.values(after).every((count) => count === 0)).toBe(true);
	});

	it('knows every table that is of an instance or a task', async () => {
		const text = await readFile(`${SQL_DIRECTORY}statements/remove-instances.sql`, 'utf8');
		for (const table of [...(await tablesWith('instance_id')), ...(await tablesWith('task_id'))]) {
			expect(text, table).toContain(`DELETE FROM ${table}\n`);
		}
	});

	it('keeps what ended and still has something to do', async () => {
		const instance = await start();
		await end(instance);
		await stage.database.query(
			`INSERT INTO outbox (tenant_id, instance_id, seq, kind, payload, created_at, try_at)
			VALUES ($1, $2, 999, 'event-thrown', '{}', 1, 1)`,
			[TENANT, instance],
		);
		await stage.services.history.keep(TENANT, 1);
		now += 90 * DAY;
		expect((await prune()).instances).toBe(0);
		await stage.database.query('UPDATE outbox SET sent_at = 1, try_at = NULL WHERE seq = 999');
		expect((await prune()).instances).toBe(1);
	});

	it('drops a month of which nothing is kept, and no other', async () => {
		await end(await start());
		now = Date.UTC(2026, 3, 9);
		const running = await start();
		await stage.services.history.keep(TENANT, 30);
		now = Date.UTC(2026, 6, 9);
		// Somebody else keeps something of March.
		await stage.database.query(`UPDATE instances SET tenant_id = 'other' WHERE id = (SELECT min(id) FROM instances)`);
		expect(await prune()).toEqual({ instances: 0, dropped: ['steps_2026_05'] });
		await stage.services.history.keep('other', 30);
		expect(await prune()).toEqual({ instances: 1, dropped: ['steps_2026_03'] });
		expect(await months()).toEqual(['steps_2026_04']);
		await end(running);
	});

	it('removes also while somebody reads the log, and drops its months the next time', async () => {
		const march = await start();
		await end(march);
		now = Date.UTC(2026, 3, 9);
		await end(await start());
		now = Date.UTC(2026, 6, 9);
		await stage.services.history.keep(TENANT, 30);
		const reader = await database.pool.connect();
		await reader.query('BEGIN');
		await reader.query('SELECT FROM steps LIMIT 1');
		const said: string[] = [];
		const pruned = prune({ progress: (message) => said.push(message) });
		await pruned.finally(() => reader.release(true));
		expect(await pruned).toEqual({ instances: 2, dropped: [] });
		expect(said.at(-1)).toMatch(/^steps_2026_03, steps_2026_04, steps_2026_05: emptied, but in use/);
		expect(await stage.database.query('SELECT FROM steps WHERE instance_id = $1', [march])).not.toEqual([]);
		expect(await stage.services.instances.history(TENANT, march, 0, 10)).toBeNull();
		const dropped = ['steps_2026_03', 'steps_2026_04', 'steps_2026_05'];
		expect(await prune()).toEqual({ instances: 0, dropped });
		expect(await stage.database.query('SELECT FROM steps')).toEqual([]);
	});

	it('stops for a tenant as soon as that is told to keep everything', async () => {
		await Promise.all(Array.from({ length: 60 }, async () => end(await start())));
		await stage.services.history.keep(TENANT, 1);
		now += 2 * DAY;
		const { query } = stage.database;
		await query(
			`CREATE FUNCTION keep_the_rest() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN UPDATE tenants SET keep_days = NULL; RETURN NULL; END $$`,
		);
		await query('CREATE TRIGGER keep AFTER DELETE ON instances FOR EACH STATEMENT EXECUTE FUNCTION keep_the_rest()');
		const said: string[] = [];
		const pruned = await prune({ progress: (message) => said.push(message) });
		await query('DROP TRIGGER keep ON instances');
		expect(pruned.instances).toBe(50);
		expect(await query('SELECT FROM instances')).toHaveLength(10);
		expect(said.join('\n')).toContain(`${TENANT}: how long it keeps what ended was changed`);
	});

	it('may take minutes for a batch', async () => {
		await end(await start());
		await stage.services.history.keep(TENANT, 1);
		now += 2 * DAY;
		const { query } = stage.database;
		await query('CREATE TABLE timeouts (timeout text)');
		await query(
			`CREATE FUNCTION note_timeout() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN INSERT INTO timeouts VALUES (current_setting('statement_timeout')); RETURN OLD; END $$`,
		);
		await query('CREATE TRIGGER note BEFORE DELETE ON instances FOR EACH ROW EXECUTE FUNCTION note_timeout()');
		expect((await prune()).instances).toBe(1);
		await query('DROP TRIGGER note ON instances');
		expect(await query('SELECT timeout FROM timeouts')).toEqual([{ timeout: '10min' }]);
	});

	it('goes on while others start and decide, and loses nothing of theirs', async () => {
		await stage.services.history.keep(TENANT, 1);
		for (let count = 0; count < 30; count++) await end(await start());
		now += 40 * DAY;
		const live: string[] = [];
		let pruning = true;
		const working = (async () => {
			while (pruning || live.length < 20) {
				const id = await start();
				live.push(id);
				const task = (await stage.openTask(id, 'a')).id;
				accepted(await stage.submit(task, agreement(task, 'bob')));
			}
		})();
		const another = await stage.another();
		const options = { tenant: null, dryRun: false, archive: null, progress: () => undefined };
		const both = await Promise.all([prune(), another.history.prune(options)]);
		pruning = false;
		await working;
		expect(both[0].instances + both[1].instances).toBe(30);
		for (const id of live) expect(await stage.openNodes(id)).toEqual(['b']);
	});
});

describe('an archive', () => {
	let archive: string;
	beforeEach(async () => {
		archive = await mkdtemp('/tmp/sendback-archive-');
		await stage.services.history.keep(TENANT, 1);
	});
	afterEach(async () => {
		vi.restoreAllMocks();
		await rm(archive, { recursive: true });
	});

	async function files(): Promise<readonly string[]> {
		const found = await readdir(archive, { recursive: true });
		return found.filter((file) => file.endsWith(`${TENANT}.jsonl.gz`)).map((file) => `${archive}/${file}`);
	}

	/** What is in a file, which has to be whole. */
	async function instancesIn(file: string) {
		const text = gunzipSync(await readFile(file)).toString();
		return text
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
	}
	const idsIn = async (file: string) => (await instancesIn(file)).map(({ instance }) => String(instance.id));

	/** Starts and ends an instance, and lets the time pass for which it is kept. */
	async function past(days: number): Promise<string> {
		const id = await start();
		await end(id);
		now += days * DAY;
		return id;
	}

	it('has whole instances before they are removed, in a file for each prune', async () => {
		const ids = [await past(0), await past(2)];
		await prune({ archive });
		const [first = ''] = await files();
		const third = await past(2);
		await prune({ archive });
		const [second = ''] = (await files()).filter((file) => file !== first);
		expect([await idsIn(first), await idsIn(second)]).toEqual([ids, [third]]);
		for (const { instance, steps, tasks } of [...(await instancesIn(first)), ...(await instancesIn(second))]) {
			expect(steps).toHaveLength(instance.version);
			expect(tasks.length).toBeGreaterThanOrEqual(2);
			expect(instance.status).toBe('agreed');
		}
		// Nothing to remove leaves nothing behind.
		await prune({ archive });
		expect(await files()).toHaveLength(2);
	});

	it('of which a crash broke off the end leaves those of later prunes whole', async () => {
		await past(2);
		await prune({ archive });
		const [broken = ''] = await files();
		await truncate(broken, (await readFile(broken)).length - 20);
		const second = await past(2);
		await prune({ archive });
		const [whole = broken] = (await files()).filter((file) => file !== broken);
		expect(await idsIn(whole)).toEqual([second]);
	});

	it('takes instances that have more in them together than a text can hold', async () => {
		const most = 2 ** 29;
		const document = 'x'.repeat(most / 4);
		const query = async ({ values }: { values: [string, string[]] }) => ({ rows: values[1].map(() => ({ document })) });
		const pool = { connect: async () => ({ query, release: () => undefined }) } as unknown as pg.Pool;
		await new Archive(pool, archive, now).add(TENANT, ['1', '2', '3', '4']);
		const [file = ''] = await files();
		let length = 0;
		for await (const part of createReadStream(file).pipe(createGunzip())) length += part.length;
		expect(length).toBe(most + '\n'.length * 4);
	});

	it('for which there is no room keeps what it has whole, and the rest is not removed', async () => {
		// Months apart they are written one after the other.
		const [first, second] = [await past(40), await past(40)];
		await fillDiskAfter(1);
		await expect(prune({ archive })).rejects.toThrow('no space left');
		expect(await stage.services.instances.find(TENANT, first)).toBeNull();
		expect(await stage.services.instances.find(TENANT, second)).not.toBeNull();
		const [file = ''] = await files();
		expect(await idsIn(file)).toEqual([first]);
		vi.restoreAllMocks();
		expect(await prune({ archive })).toMatchObject({ instances: 1 });
	});

	/** As Node does where a disk is nearly full: `write` says how much it wrote, and `appendFile` fails with the next piece. */
	async function fillDiskAfter(calls: number): Promise<void> {
		const probe = await open('/dev/null');
		const prototype: FileHandle = Object.getPrototypeOf(probe);
		await probe.close();
		const write: (bytes: Buffer, from: number, length: number) => Promise<{ bytesWritten: number }> = prototype.write;
		let left = calls;
		const writePart = (file: FileHandle, bytes: Buffer) => write.call(file, bytes, 0, left-- > 0 ? bytes.length : 10);
		vi.spyOn(prototype, 'write').mockImplementation(function (this: FileHandle, bytes: unknown) {
			return writePart(this, bytes as Buffer);
		} as FileHandle['write']);
		vi.spyOn(prototype, 'appendFile').mockImplementation(async function (this: FileHandle, bytes: unknown) {
			const { bytesWritten } = await writePart(this, bytes as Buffer);
			if (bytesWritten < (bytes as Buffer).length) throw new Error('no space left');
		});
	}
});

describe('what is remembered for a while', () => {
	it('is an idempotency key for seven days and a sent notice as long; what is unsent stays', async () => {
		await stage.database.query(
			`INSERT INTO idempotency
			SELECT '${TENANT}', 'key ' || n, 'f', '{}', $1::bigint - n * ${DAY}::bigint FROM generate_series(0, 14) AS n`,
			[now],
		);
		await stage.database.query(
			`INSERT INTO outbox (tenant_id, instance_id, seq, kind, payload, created_at, sent_at)
			SELECT '${TENANT}', n, 1, 'x', '{}', 1, CASE WHEN n < 1000 THEN $1::bigint - n * ${DAY}::bigint END
			FROM generate_series(1, 1200) AS n`,
			[now],
		);
		const logged: string[] = [];
		const upkeep = new Upkeep({ pool: database.pool, now: () => now, log: (message) => logged.push(message) });
		await upkeep.pass();
		await upkeep.stop();
		expect(logged).toEqual([]);
		const [left] = await stage.database.query(`SELECT
			(SELECT count(*)::int FROM idempotency) AS keys,
			(SELECT count(*)::int FROM outbox WHERE sent_at IS NOT NULL) AS sent,
			(SELECT count(*)::int FROM outbox WHERE sent_at IS NULL) AS unsent`);
		expect(left).toEqual({ keys: 8, sent: 7, unsent: 201 });
	});

	it('is looked at again after an hour where that failed, and else after a day', async () => {
		const old = () => stage.database.query(`INSERT INTO idempotency VALUES ('${TENANT}', 'old', 'f', '{}', 1)`);
		const left = async () => (await stage.database.query('SELECT FROM idempotency')).length;
		await stage.database.query('DELETE FROM upkeep');
		const upkeep = new Upkeep({ pool: database.pool, now: () => now, log: () => undefined });
		await old();
		await stage.database.query('ALTER TABLE idempotency RENAME TO away');
		await upkeep.pass();
		await stage.database.query('ALTER TABLE away RENAME TO idempotency');
		await upkeep.pass();
		expect(await left()).toBe(1);
		now += HOUR;
		await upkeep.pass();
		expect(await left()).toBe(0);
		await old();
		now += 23 * HOUR;
		await upkeep.pass();
		expect(await left()).toBe(1);
		now += HOUR;
		await upkeep.pass();
		expect(await left()).toBe(0);
		await upkeep.stop();
	});

	it('is looked at some minutes after a start, and every hour from then on', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
		const passed = vi.spyOn(Upkeep.prototype, 'pass').mockResolvedValue();
		const upkeep = new Upkeep({ pool: database.pool, now: () => now, log: () => undefined });
		const passes: number[] = [];
		for (const minutes of [1, 9, 60, 60]) {
			await vi.advanceTimersByTimeAsync(minutes * 60_000);
			passes.push(passed.mock.calls.length);
		}
		await upkeep.stop();
		await vi.advanceTimersByTimeAsync(3 * HOUR);
		vi.useRealTimers();
		expect([...passes, passed.mock.calls.length]).toEqual([0, 1, 2, 3, 3]);
		vi.restoreAllMocks();
	});

	it('is looked at where the next months cannot be made', async () => {
		await stage.database.query('DELETE FROM upkeep');
		await stage.database.query(`INSERT INTO idempotency VALUES ('${TENANT}', 'old', 'f', '{}', 1)`);
		await stage.database.query('ALTER TABLE steps RENAME TO away');
		const logged: string[] = [];
		const upkeep = new Upkeep({ pool: database.pool, now: () => now, log: (message) => logged.push(message) });
		await upkeep.pass();
		await upkeep.stop();
		await stage.database.query('ALTER TABLE away RENAME TO steps');
		expect(logged).toEqual(['the tables could not be looked after']);
		expect(await stage.database.query('SELECT FROM idempotency')).toEqual([]);
	});

	it('is looked at by one process a day', async () => {
		const claim = () => run(database.pool, 'claim-upkeep', ['test', now, now + DAY]);
		const claimed = await Promise.all([claim(), claim(), claim()]);
		expect(claimed.flat()).toHaveLength(1);
		now += DAY;
		expect(await claim()).toHaveLength(1);
	});
});
