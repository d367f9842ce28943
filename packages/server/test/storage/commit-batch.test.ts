import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCommitQueue } from '../../src/commands/commit-queue.ts';
import type { InstanceWrite } from '../../src/storage/instance-write.ts';
import { commitBatch } from '../../src/storage/postgres/commit-batch.ts';
import { connect, type Database } from '../../src/storage/postgres/connect.ts';
import { migrate, readMigrations } from '../../src/storage/postgres/migrate.ts';
import { isCausedByData, isHeldUp, isUniqueViolation } from '../../src/storage/postgres/server-errors.ts';
import { CommitOutcomeUnknown, StorageUnavailable } from '../../src/storage/storage-errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { factsOf, NO_ROWS, stepOf, taskOf, writeOf } from '../support/writes.ts';

let test: TestDatabase;
let database: Database;
const messages: string[] = [];

beforeAll(async () => {
	test = await createTestDatabase();
	await migrate(test.connection, readMigrations());
	const log = (message: string) => messages.push(message);
	database = connect({ connection: test.connection as pg.PoolConfig, batchesInFlight: 2, connections: 2, log });
});
afterAll(async () => {
	await database.close();
	await test.drop();
});
beforeEach(() =>
	test
		.query('TRUNCATE instances, steps, tasks, assignments, copies, chat_groups, outbox, idempotency, waits')
		.then(() => undefined),
);

const commit = (...writes: InstanceWrite[]) => commitBatch(database.commits, writes);
const count = async (table: string) =>
	(await test.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

/** A write that touches every table. */
function fullWrite(id: number, key = `key ${id}`): InstanceWrite {
	const facts = factsOf(id * 100);
	const task = taskOf(facts, 1, { assignments: [{ user: 'bob', status: 'pending', waitsFor: [] }] });
	return writeOf(facts, 1, {
		rows: {
			...NO_ROWS,
			newTasks: [task],
			newAssignments: [{ task: task.id, user: 'bob', status: 'pending', openedAt: 1_000 }],
			copies: [{ task: task.id, user: 'cat', openedAt: 1_000, copiedAt: 1_001 }],
			chats: [{ task: task.id, chat: 'oc_1', name: 'Talk', members: ['ann', 'bob'] }],
			notices: [{ seq: 1, kind: 'task-urged', payload: { users: ['bob'] }, createdAt: 1_001, tryAt: null }],
		},
		keys: [{ key, fingerprint: 'f', result: { instance: facts.id }, createdAt: 1_001 }],
	});
}

const TABLES = ['instances', 'steps', 'tasks', 'assignments', 'copies', 'chat_groups', 'outbox', 'idempotency'];
async function counts(): Promise<readonly (number | undefined)[]> {
	const found = [];
	for (const table of TABLES) found.push(await count(table));
	return found;
}

describe('a batch', () => {
	it('writes everything of new instances', async () => {
		expect(await commit(fullWrite(2), fullWrite(1))).toEqual([true, true]);
		expect(await counts()).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
		const [task] = await test.query('SELECT status, assignments, past, instance_id::text FROM tasks ORDER BY id');
		expect(task).toEqual({
			status: 'in_process',
			assignments: [{ user: 'bob', status: 'pending', waitsFor: [] }],
			past: [],
			instance_id: factsOf(100).id,
		});
		expect(await test.query('SELECT name, members FROM chat_groups LIMIT 1')).toEqual([
			{ name: 'Talk', members: ['ann', 'bob'] },
		]);
	});

	it('writes nothing of an instance that was changed meanwhile, and all of the others', async () => {
		await commit(fullWrite(1), fullWrite(2), fullWrite(3));
		await commit(writeOf(factsOf(200), 2));
		const before = await counts();

		const second = (id: number) => ({
			...fullWrite(id, `again ${id}`),
			...{ expected: 1, version: 2, steps: [stepOf(2)] },
		});
		const writes = [3, 2, 1].map((id): InstanceWrite => {
			const write = second(id);
			const task = taskOf(write.facts, 2);
			const closed = { ...write.rows.newTasks[0], id: taskOf(write.facts, 1).id, status: 'agreed' as const };
			return {
				...write,
				rows: {
					...NO_ROWS,
					newTasks: [task],
					changedTasks: [{ ...taskOf(write.facts, 1), ...closed, closedAt: 5 }],
					newAssignments: [{ task: task.id, user: 'bob', status: 'pending', openedAt: 1_000 }],
					changedAssignments: [{ task: closed.id, user: 'bob', status: 'agreed' }],
					copies: [{ task: task.id, user: 'cat', openedAt: 1_000, copiedAt: 1_001 }],
					chats: [{ task: task.id, chat: 'oc_1', name: 'Talk', members: [] }],
					notices: [{ seq: 2, kind: 'task-urged', payload: {}, createdAt: 1_001, tryAt: null }],
				},
			};
		});
		expect(await commit(...writes)).toEqual([true, false, true]);

		const after = await counts();
		expect(after.map((n, index) => (n ?? 0) - (before[index] ?? 0))).toEqual([0, 2, 2, 2, 2, 2, 2, 2]);
		const rows = await test.query(
			'SELECT i.version::int, t.status, a.status AS part FROM instances i JOIN tasks t ON t.instance_id = i.id JOIN assignments a ON a.task_id = t.id WHERE t.id = i.id + 1 ORDER BY i.id',
		);
		expect(rows).toEqual([
			{ version: 2, status: 'agreed', part: 'agreed' },
			{ version: 2, status: 'in_process', part: 'pending' },
			{ version: 2, status: 'agreed', part: 'agreed' },
		]);
	});

	it('gives each row what its own instance says', async () => {
		const [one, two] = [fullWrite(1), fullWrite(2)];
		const facts = { ...two.facts, tenant: 'other', namespace: 'else__c', flowId: 'leave', initiator: 'eve' };
		await commit(two, { ...one, facts }, fullWrite(3));
		for (const table of TABLES) {
			const tenants = await test.query(`SELECT tenant_id, count(*)::int AS n FROM ${table} GROUP BY 1 ORDER BY 1`);
			expect(tenants, table).toEqual([
				{ tenant_id: 'acme', n: 2 },
				{ tenant_id: 'other', n: 1 },
			]);
		}
		expect(await test.query("SELECT * FROM assignments WHERE tenant_id = 'other'")).toMatchObject([
			{ instance_id: facts.id, namespace: 'else__c', flow_id: 'leave', initiator: 'eve', user_id: 'bob' },
		]);
		expect(await test.query("SELECT * FROM copies WHERE tenant_id = 'other'")).toMatchObject([
			{ instance_id: facts.id, namespace: 'else__c', flow_id: 'leave', user_id: 'cat' },
		]);
	});

	it('arms a timer for any moment, and what comes from outside for none', async () => {
		const write = fullWrite(1);
		const timer = (token: number, due: number) => ({ token, kind: 'timer', name: null, key: null, due }) as const;
		const message = { token: 5, kind: 'message', name: 'paid', key: null, due: null } as const;
		const newWaits = [timer(1, -1), timer(2, -5_000), timer(3, 0), timer(4, 9_000), message];
		await commit({ ...write, waits: { ...write.waits, newWaits } });
		const rows = await test.query<{ due: string | null; try_at: string | null }>(
			'SELECT due, try_at FROM waits ORDER BY token_id',
		);
		for (const column of ['due', 'try_at'] as const) {
			expect(rows.map((row) => row[column])).toEqual(['-1', '-5000', '0', '9000', null]);
		}
	});

	it('leaves out of a task what a change does not name', async () => {
		await commit(fullWrite(1));
		const { id } = taskOf(factsOf(100), 1);
		const changed = {
			id,
			status: null,
			closedAt: null,
			completedBy: null,
			completedSeq: null,
			completedPosition: null,
			undoneBy: '1000000000000009',
			assignments: null,
			node: null,
			version: null,
		};
		await commit(writeOf(factsOf(100), 2, { rows: { ...NO_ROWS, changedTasks: [changed] } }));
		expect(await test.query('SELECT status, undone_by::text, json_array_length(assignments) AS n FROM tasks')).toEqual([
			{ status: 'in_process', undone_by: '1000000000000009', n: 1 },
		]);
	});

	it('writes nothing at all when one row is not acceptable', async () => {
		await commit(fullWrite(1, 'taken'));
		const before = await counts();
		const error = await commit(fullWrite(2), fullWrite(3, 'taken')).catch((reason: unknown) => reason);
		expect(isUniqueViolation(error, 'idempotency')).toBe(true);
		expect(await counts()).toEqual(before);
	});

	it('keeps any text and any JSON as it is', async () => {
		const odd = 'quote " backslash \\ brace } comma , NULL \u2028 \u{1F600} 退回';
		const facts = { ...factsOf(100), initiator: odd, businessKey: 'NULL' };
		await commit(writeOf(facts, 1, { state: JSON.stringify({ z: odd, a: '\u0000', 10: 1 }) }));
		const [row] = await test.query<{ state: string }>('SELECT initiator, business_key, state::text FROM instances');
		expect(row).toEqual({
			initiator: odd,
			business_key: 'NULL',
			state: JSON.stringify({ z: odd, a: '\u0000', 10: 1 }),
		});
	});
});

describe('the commit queue on PostgreSQL', () => {
	it.each([
		['in English', () => database.commits],
		['in Chinese', () => translated(database.commits, '错误')],
	])('lets one bad write fail alone, which the server says %s', async (_, pool) => {
		await commit(fullWrite(1, 'taken'));
		let batches = 0;
		const queue = createCommitQueue({
			commitBatch: (writes) => {
				batches++;
				return commitBatch(pool(), writes);
			},
			commitApart: (writes) => commitBatch(database.apart, writes),
			isCausedByData,
			isHeldUp,
			underWay: () => 100,
		});
		const ids = Array.from({ length: 20 }, (_, index) => index + 2);
		const results = await Promise.allSettled(
			ids.map((id) => queue.commit(fullWrite(id, id === 13 ? 'taken' : `key ${id}`))),
		);
		expect(results.map((result) => result.status === 'fulfilled' && result.value)).toEqual(ids.map((id) => id !== 13));
		expect(await count('instances')).toBe(20);
		// Two lone ones, then the rest: halving 18 finds the bad one in at most 2 * 5 statements.
		expect(batches).toBeLessThanOrEqual(13);
	});
});

/** The same pool, as if the server had another lc_messages: the embedded one has no translations. */
function translated(pool: pg.Pool, severity: string): pg.Pool {
	const connect = async () => {
		const client = await pool.connect();
		const query = async (config: pg.QueryConfig) =>
			client.query(config).catch((error: unknown) => {
				throw error instanceof pg.DatabaseError ? Object.assign(error, { severity }) : error;
			});
		return { query, release: (broken: boolean) => client.release(broken) };
	};
	return { connect } as unknown as pg.Pool;
}

describe('an outage', () => {
	it('before the commit was sent is StorageUnavailable', async () => {
		const nowhere = { ...test.connection, host: '/nonexistent', database: 'x' } as pg.PoolConfig;
		const away = connect({ connection: nowhere, batchesInFlight: 1, connections: 1, log: () => undefined });
		const error = await commitBatch(away.commits, [fullWrite(1)]).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(StorageUnavailable);
		expect(error).not.toBeInstanceOf(CommitOutcomeUnknown);
		await away.close();
	});

	it('during the commit is CommitOutcomeUnknown, and the next commit gets a new connection', async () => {
		await commit(fullWrite(1));
		let lost = 0;
		database.onLost(() => lost++);
		// A lock makes the commit wait until its connection is cut.
		await test.query('BEGIN');
		await test.query('LOCK TABLE instances IN ACCESS EXCLUSIVE MODE');
		const commits = commit(writeOf(factsOf(100), 2)).catch((reason: unknown) => reason);
		await expect
			.poll(() =>
				test.query(
					`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
				),
			)
			.not.toEqual([]);
		expect(await commits).toBeInstanceOf(CommitOutcomeUnknown);
		expect(lost).toBeGreaterThan(0);
		await test.query('ROLLBACK');
		expect(await commit(writeOf(factsOf(100), 2))).toEqual([true]);
	});
});
