import { readFile } from 'node:fs/promises';
import { SCOPES } from '../http/scopes.ts';
import type { OpenedServices } from '../server.ts';
import type { Answered } from '../services.ts';
import {
	DEMO_APP,
	DEMO_FLOW,
	DEMO_GROUPS,
	DEMO_MODEL_FILE,
	DEMO_NAMESPACE,
	DEMO_TENANT,
	DEMO_USERS,
} from './demo-data.ts';

/** Puts the demo's app, users, groups and flow in place. Doing it again changes nothing. */
export async function seedDemo(services: OpenedServices): Promise<void> {
	await services.apps.ensure({
		...DEMO_APP,
		tenant: DEMO_TENANT,
		name: 'Demo',
		scopes: SCOPES,
		store: false,
	});
	// One after the other: managers before those that they manage.
	for (const user of DEMO_USERS) expectDone(await services.directory.putUser(DEMO_TENANT, user));
	for (const group of DEMO_GROUPS) expectDone(await services.directory.putGroup(DEMO_TENANT, group));
	const xml = await readFile(DEMO_MODEL_FILE, 'utf8');
	const deployment = await services.flows.deploy(DEMO_TENANT, DEMO_NAMESPACE, DEMO_FLOW, xml);
	if (!deployment.ok) throw new Error(`The demo flow cannot be deployed: ${JSON.stringify(deployment.errors)}`);
}

/** Our own data: a refusal is a bug. */
export function expectDone<T>(answer: Answered<T>): T {
	if (!answer.ok)
		throw new Error(`The demo was refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.details)}`);
	return answer.value;
}
