import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServices } from '../../src/server.ts';
import { accepted, agreement, type Stage, sequence, setStage, TENANT, tickingClock } from '../support/services.ts';
import { watchTenants } from '../support/watch-tenants.ts';

const TENANTS = [TENANT, 'other'] as const;

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({ one: sequence('a=bob') });
});
afterAll(() => stage.close());

describe('on shards', () => {
	it('commands of several tenants that come together go in statements of one tenant each', async () => {
		watchTenants(TENANTS);
		const services = await openServices({
			connection: stage.database.connection,
			clock: tickingClock(),
			log: () => undefined,
			background: false,
			actSharded: true,
		});
		try {
			const request = { namespace: 'demo__c', flowId: 'one', initiator: 'ann', variables: {}, businessKey: null };
			const many = Array.from({ length: 40 }, (_, index) => TENANTS[index % 2] ?? TENANT);
			const started = await Promise.all(
				many.map((tenant, index) => {
					const idempotency = { key: `${tenant} start ${index}`, fingerprint: 'f' };
					return services.commands.start({ ...request, tenant, idempotency });
				}),
			);
			// Another process knows none of the tasks, and looks them up.
			const another = await openServices({
				connection: stage.database.connection,
				clock: tickingClock(),
				log: () => undefined,
				background: false,
				actSharded: true,
			});
			const decided = await Promise.all(
				started.map((answer, index) => {
					const task = accepted(answer).opened[0]?.id ?? '';
					const command = agreement(task, 'bob');
					return another.commands.submit({ tenant: many[index] ?? '', target: { task }, command, idempotency: null });
				}),
			);
			await another.close();
			expect(decided.map((answer) => accepted(answer).status)).toEqual(many.map(() => 'agreed'));
		} finally {
			await services.close();
		}
	});
});
