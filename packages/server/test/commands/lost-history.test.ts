import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedServices, openServices } from '../../src/server.ts';
import { BLOCK_SIZE } from '../../src/storage/dated-ids.ts';
import {
	accepted,
	agreement,
	refusalOf,
	type Stage,
	sequence,
	setStage,
	TENANT,
	tickingClock,
} from '../support/services.ts';

let stage: Stage;
let services: OpenedServices;
let lost = 0;
beforeAll(async () => {
	stage = await setStage({ two: sequence('manager=bob', 'finance=cat') });
	services = await openServices({
		connection: { ...stage.database.connection, application_name: 'failing' } as object,
		clock: tickingClock(),
		log: () => lost++,
		background: false,
	});
});
afterAll(async () => {
	await services.close();
	await stage.close();
});

const start = async () =>
	accepted(
		await services.commands.start({
			tenant: TENANT,
			namespace: 'demo__c',
			flowId: 'two',
			initiator: 'ann',
			variables: {},
			businessKey: null,
			idempotency: null,
		}),
	);
const agree = (task: string, user: string) =>
	services.commands.submit({
		tenant: TENANT,
		target: { task },
		command: agreement(task, user),
		idempotency: null,
	});

async function breakConnections(): Promise<void> {
	lost = 0;
	const broken = await stage.database.query(
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'failing'`,
	);
	expect(broken).not.toEqual([]);
	await expect.poll(() => lost).toBe(broken.length);
}

/** As a standby has it that was promoted before the last command came to it. */
async function loseLastStep(instance: string, state: string): Promise<void> {
	const { query } = stage.database;
	await query('DELETE FROM steps WHERE instance_id = $1 AND position = 2', [instance]);
	await query(`DELETE FROM assignments WHERE instance_id = $1 AND user_id = 'cat'`, [instance]);
	await query(`DELETE FROM tasks WHERE instance_id = $1 AND node_id = 'finance'`, [instance]);
	await query(
		`UPDATE tasks SET status = 'in_process', closed_at = NULL, completed_by = NULL WHERE instance_id = $1 AND node_id = 'manager'`,
		[instance],
	);
	await query('UPDATE instances SET version = 1, state = $2 WHERE id = $1', [instance, state]);
}

/** An instance that the process has at finance, and that is at the manager's successor for everybody else. */
async function parted() {
	const { instance, opened } = await start();
	const stateOf = 'SELECT state::text AS state FROM instances WHERE id = $1';
	const [before] = await stage.database.query<{ state: string }>(stateOf, [instance]);
	const manager = opened[0]?.id ?? '';
	const finance = accepted(await agree(manager, 'bob')).opened[0]?.id ?? '';
	await loseLastStep(instance, before?.state ?? '');
	// Another process goes on from there, to a state of the same version.
	const transfer = { type: 'transfer-task', task: manager, user: 'bob', from: [], to: ['dan'], opinion: '' } as const;
	accepted(await stage.submit(manager, transfer));
	return { instance, manager, finance };
}

describe('a database that has lost what was answered last', () => {
	it('is asked again about tasks once a connection to it broke', async () => {
		const { manager, finance } = await parted();
		await breakConnections();
		expect(refusalOf(await agree(finance, 'cat'))).toBe('task-unknown');
		expect(accepted(await agree(manager, 'dan')).opened.map(({ node }) => node)).toEqual(['finance']);
	});

	it('is asked again about instances, and about the versions that they run', async () => {
		const { instance } = await parted();
		await breakConnections();
		await start();
		const command = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
		accepted(await services.commands.submit({ tenant: TENANT, target: { instance }, command, idempotency: null }));
		expect(await stage.openNodes(instance)).toEqual([]);
	});

	it('gives ids of a block of its own', async () => {
		const blockOf = ({ instance }: { instance: string }) => Math.floor(Number(instance) / BLOCK_SIZE);
		const before = blockOf(await start());
		expect(blockOf(await start())).toBe(before);
		await breakConnections();
		expect(blockOf(await start())).not.toBe(before);
	});
});
