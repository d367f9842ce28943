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
		connection: stage.database.connection as object,
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
	await stage.database.query(
		'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
	);
	await expect.poll(() => lost).toBeGreaterThan(0);
}

/** As a standby has it that was promoted before the last command came to it. */
async function loseLastStep(instance: string): Promise<void> {
	const { query } = stage.database;
	await query('DELETE FROM steps WHERE instance_id = $1 AND position = 2', [instance]);
	await query(`DELETE FROM assignments WHERE instance_id = $1 AND user_id = 'cat'`, [instance]);
	await query(`DELETE FROM tasks WHERE instance_id = $1 AND node_id = 'finance'`, [instance]);
	await query(
		`UPDATE tasks SET status = 'in_process', closed_at = NULL, completed_by = NULL WHERE instance_id = $1 AND node_id = 'manager'`,
		[instance],
	);
}

describe('a database that has lost what was answered last', () => {
	it('is read anew once a connection to it broke', async () => {
		const { instance, opened } = await start();
		const [{ state } = { state: '' }] = await stage.database.query<{ state: string }>(
			'SELECT state::text AS state FROM instances WHERE id = $1',
			[instance],
		);
		const manager = opened[0]?.id ?? '';
		const finance = accepted(await agree(manager, 'bob')).opened[0]?.id ?? '';
		await loseLastStep(instance);
		await stage.database.query('UPDATE instances SET version = 1, state = $2 WHERE id = $1', [instance, state]);
		// Another process goes on from there, to a state of the same version.
		const transfer = { type: 'transfer-task', task: manager, user: 'bob', from: [], to: ['dan'], opinion: '' } as const;
		accepted(await stage.submit(manager, transfer));
		await breakConnections();
		expect(refusalOf(await agree(finance, 'cat'))).toBe('task-unknown');
		expect(accepted(await agree(manager, 'dan')).opened.map(({ node }) => node)).toEqual(['finance']);
	});

	it('gives ids of a block of its own', async () => {
		const blockOf = ({ instance }: { instance: string }) => Math.floor(Number(instance) / BLOCK_SIZE);
		const before = blockOf(await start());
		expect(blockOf(await start())).toBe(before);
		await breakConnections();
		expect(blockOf(await start())).not.toBe(before);
	});
});
