import { readFile } from 'node:fs/promises';
import { SCOPES } from '../http/scopes.ts';
import type { OpenedServices } from '../server.ts';
import type { Answered, DirectoryService, FlowService } from '../services.ts';
import {
	DEMO_APP,
	DEMO_FLOW,
	DEMO_GROUPS,
	DEMO_MODEL_FILE,
	DEMO_NAMESPACE,
	DEMO_TENANT,
	DEMO_USERS,
} from './demo-data.ts';

/** Puts the demo's app, users, groups and flow in place. What is there already stays as it is, changed or not. */
export async function seedDemo({ apps, directory, flows }: OpenedServices): Promise<void> {
	await Promise.all([
		apps.ensure({ ...DEMO_APP, tenant: DEMO_TENANT, name: 'Demo', scopes: SCOPES, store: false }),
		seedDirectory(directory),
		seedFlow(flows),
	]);
}

async function seedDirectory(directory: DirectoryService): Promise<void> {
	// One after the other: managers before those that they manage.
	for (const user of DEMO_USERS) {
		const known = await directory.findUser(DEMO_TENANT, user.id);
		if (known === null) expectDone(await directory.putUser(DEMO_TENANT, user));
	}
	for (const group of DEMO_GROUPS) {
		const known = await directory.findGroup(DEMO_TENANT, group.id);
		if (known === null) expectDone(await directory.putGroup(DEMO_TENANT, group));
	}
}

async function seedFlow(flows: FlowService): Promise<void> {
	if ((await flows.find(DEMO_TENANT, DEMO_NAMESPACE, DEMO_FLOW, null)) !== null) return;
	const xml = await readFile(DEMO_MODEL_FILE, 'utf8');
	const deployment = await flows.deploy(DEMO_TENANT, DEMO_NAMESPACE, DEMO_FLOW, xml);
	if (!deployment.ok) throw new Error(`The demo flow cannot be deployed: ${JSON.stringify(deployment)}`);
}

/** Our own data on an empty database: a refusal is a bug. */
function expectDone<T>(answer: Answered<T>): void {
	if (!answer.ok)
		throw new Error(`The demo was refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.details)}`);
}
