import { REAL_CLOCK } from '@sendback/server/clock/real-clock.ts';
import { type OpenedServices, openServices } from '@sendback/server/server.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../../bench/seed/seed.ts';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.ts';

let database: TestDatabase;
let services: OpenedServices;

beforeAll(async () => {
	database = await createTestDatabase();
	await seedAcme(30, 500);
	services = await openServices({ connection: database.connection, clock: REAL_CLOCK, log: () => undefined });
});

afterAll(async () => {
	await services.close();
	await database.drop();
});

function seedAcme(openTasks: number, history: number) {
	const { user, host = '', port, database: name } = database.connection;
	const databaseUrl = `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
	const silent = () => ({ advance: () => undefined, end: () => undefined });
	return seed({ databaseUrl, tenant: 'acme', openTasks, history, users: 7, chain: 5 }, silent);
}

async function tasksOf(user: string, type: 'pending' | 'archived') {
	const flowIds = null;
	const page = { limit: 50, offset: 0, startTime: null, endTime: null, flowIds, source: 'assignMe' } as const;
	return (await services.tasks.query('acme', { user, type, ...page })).tasks;
}

function submit(task: string, command: Parameters<OpenedServices['commands']['submit']>[0]['command']) {
	return services.commands.submit({ tenant: 'acme', target: { task }, command, idempotency: null });
}

it('makes as many open tasks and commands as asked for, spread over the users', async () => {
	const [counts] = await database.query<{ steps: string; open: string }>(
		`SELECT
			(SELECT count(*) FROM steps WHERE tenant_id = 'acme') AS steps,
			(SELECT count(*) FROM instances WHERE tenant_id = 'acme' AND status = 'in_process') AS open`,
	);
	// And the two templates.
	expect(Number(counts?.open)).toBe(31);
	expect(Number(counts?.steps)).toBeGreaterThanOrEqual(500);
	expect(await tasksOf('seed-0', 'pending')).toHaveLength(5);
	expect(await tasksOf('seed-6', 'pending')).toHaveLength(4);
});

it('gives every copy a moment of its own', async () => {
	const moments = (await tasksOf('seed-0', 'pending')).map(({ openedAt }) => openedAt);
	expect(new Set(moments).size).toBe(5);
});

it('makes instances that can be sent back and go on to their end', async () => {
	const [open] = await tasksOf('seed-3', 'pending');
	if (open === undefined) throw new Error('nothing is open');
	const points = await services.tasks.rollbackPoints('acme', open.id, 'seed-3', 'latest');
	if (!points.ok) throw new Error(points.refusal.code);
	expect(points.value.map(({ node }) => node)).toEqual(['task_3', 'task_2', 'task_1', 'start']);

	const to = points.value[1]?.id ?? '';
	const rollBack = { type: 'roll-back', task: open.id, user: 'seed-3', to, opinion: '', resume: 'replay' } as const;
	const back = await submit(open.id, rollBack);
	if (!back.ok) throw new Error(back.refusal.code);
	let [task] = back.value.rollback?.reopened ?? [];
	const decided: string[] = [];
	while (task?.id) {
		decided.push(task.node);
		const agree = { user: 'seed-3', decision: 'agree', opinion: '', variables: {} } as const;
		const agreed = await submit(task.id, { type: 'decide-task', task: task.id, ...agree });
		if (!agreed.ok) throw new Error(agreed.refusal.code);
		task = agreed.value.opened.map((next) => ({ ...next, name: '', users: [] }))[0];
	}
	expect(decided).toEqual(['task_2', 'task_3', 'task_4', 'task_5']);
	expect((await services.instances.find('acme', open.instance))?.state.status).toBe('agreed');
});

it('leaves the ended ones in the archive', async () => {
	const archived = await tasksOf('seed-1', 'archived');
	expect(archived.some(({ instanceStatus }) => instanceStatus === 'agreed')).toBe(true);
});

it('can be repeated: what is there stays', async () => {
	const before = await tasksOf('seed-2', 'pending');
	await seedAcme(7, 0);
	const after = await tasksOf('seed-2', 'pending');
	expect(after).toHaveLength(before.length + 1);
});
