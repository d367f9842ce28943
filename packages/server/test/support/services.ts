/** The services as the server wires them, on a database of their own, with a tenant to play in. */

import { env } from 'node:process';
import type { Variables } from '@sendback/engine/terms.ts';
import { type OpenedServices, openServices } from '../../src/server.ts';
import type { Answered, Clock, CommandResult, Idempotency, SubmittedCommand, TaskRecord } from '../../src/services.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { watchTenants } from './watch-tenants.ts';

export const TENANT = 'acme';
const OTHER_TENANT = 'other';
/** Every test on services again, as on shards: no statement may be of more than one tenant. */
const ACT_SHARDED = env.SENDBACK_TEST_SHARDED === '1';
export const USERS = ['ann', 'bob', 'cat', 'dan', 'eve'] as const;

/** A clock that moves one millisecond each time it is looked at, so that moments tell an order. */
export function tickingClock(): Clock {
	let now = 1_000_000;
	return { now: () => ++now, advance: null };
}

export interface Stage {
	readonly database: TestDatabase;
	readonly services: OpenedServices;
	/** The details of what its processes logged. */
	readonly logged: readonly object[];
	/** Another process on the same database. */
	another(): Promise<OpenedServices>;
	start(flowId: string, options?: StartOptions): Promise<CommandResult>;
	submit(task: string, command: SubmittedCommand, idempotency?: Idempotency): Promise<Answered<CommandResult>>;
	agree(task: string, user: string): Promise<Answered<CommandResult>>;
	openTask(instance: string, node: string): Promise<TaskRecord>;
	/** Nodes of the open tasks, sorted. */
	openNodes(instance: string): Promise<readonly string[]>;
	close(): Promise<void>;
}

interface StartOptions {
	readonly initiator?: string;
	readonly tenant?: string;
	readonly variables?: Variables;
	readonly businessKey?: string | null;
}

export async function setStage(flows: Readonly<Record<string, string>>, clock: Clock = tickingClock()): Promise<Stage> {
	const database = await createTestDatabase();
	if (ACT_SHARDED) watchTenants([TENANT, OTHER_TENANT]);
	const opened: OpenedServices[] = [];
	const logged: object[] = [];
	async function another(): Promise<OpenedServices> {
		const services = await openServices({
			connection: database.connection,
			clock,
			log: (_message, details = {}) => logged.push(details),
			connections: 4,
			background: false,
			actSharded: ACT_SHARDED,
		});
		opened.push(services);
		return services;
	}
	const services = await another();
	for (const tenant of [TENANT, OTHER_TENANT]) {
		for (const id of USERS) await services.directory.putUser(tenant, userOf(id));
		for (const [flowId, xml] of Object.entries(flows)) {
			const deployed = await services.flows.deploy(tenant, 'demo__c', flowId, xml);
			if (!deployed.ok) throw new Error(JSON.stringify(deployed));
		}
	}
	const submit: Stage['submit'] = (task, command, idempotency) =>
		services.commands.submit({ tenant: TENANT, target: { task }, command, idempotency: idempotency ?? null });
	return {
		database,
		services,
		logged,
		another,
		submit,
		start: async (flowId, { initiator = 'ann', tenant = TENANT, variables = {}, businessKey = null } = {}) => {
			const common = { tenant, namespace: 'demo__c', flowId, businessKey, idempotency: null };
			return accepted(await services.commands.start({ ...common, initiator, variables }));
		},
		agree: (task, user) => submit(task, agreement(task, user)),
		openTask: async (instance, node) => {
			const tasks = await services.tasks.ofInstance(TENANT, instance);
			const found = tasks.find((task) => task.node === node && task.status === 'in_process');
			if (found === undefined) throw new Error(`no open task at ${node}: ${JSON.stringify(tasks)}`);
			return found;
		},
		openNodes: async (instance) => {
			const tasks = await services.tasks.ofInstance(TENANT, instance);
			return tasks
				.filter(({ status }) => status === 'in_process')
				.map(({ node }) => node)
				.sort();
		},
		close: async () => {
			for (const each of opened) await each.close();
			await database.drop();
		},
	};
}

export function agreement(task: string, user: string): SubmittedCommand & { type: 'decide-task' } {
	return { type: 'decide-task', task, user, decision: 'agree', opinion: 'ok', variables: {} };
}

export function rollback(task: string, user: string, to: string): SubmittedCommand & { type: 'roll-back' } {
	return { type: 'roll-back', task, user, to, opinion: 'again, please', resume: 'replay' };
}

export function accepted<Value>(answer: Answered<Value>): Value {
	if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
	return answer.value;
}

/** The code of a refusal; the empty text where the answer was none. */
export function refusalOf(answer: Answered<unknown>): string {
	return answer.ok ? '' : answer.refusal.code;
}

function userOf(id: string) {
	return {
		id,
		name: id.toUpperCase(),
		email: `${id}@example.org`,
		managerId: null,
		departments: [],
		outOfOffice: null,
	};
}

/** `manager=bob finance=cat,dan`: user tasks one after the other. */
export function sequence(...tasks: readonly string[]): string {
	return process(tasks.map((task) => userTask(task)).join(''), [
		...tasks.map((task) => task.split('=')[0] ?? ''),
		'end',
	]);
}

function process(elements: string, path: readonly string[]): string {
	const flows = path.map((target, index) => {
		const source = path[index - 1] ?? 'start';
		return `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`;
	});
	return definitions(`<startEvent id="start"/>${elements}<endEvent id="end"/>${flows.join('')}`);
}

/** @param roots messages, signals and errors, beside the process */
export function definitions(body: string, roots = ''): string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sendback="urn:sendback:bpmn:1"
	xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:test">${roots}
<process id="p" name="Approval" isExecutable="true">${body}</process></definitions>`;
}

/** Elements and the flows between them: `start > a > end` and so on, one path a line. */
export function flow(elements: string, paths: string, roots = ''): string {
	const flows = paths
		.trim()
		.split('\n')
		.flatMap((path) => {
			const nodes = path.trim().split(' > ');
			return nodes.slice(1).map((target, index) => [nodes[index], target]);
		});
	const drawn = flows.map(
		([source, target]) => `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`,
	);
	return definitions(elements + drawn.join(''), roots);
}

export function userTask(task: string): string {
	const [id = '', users = ''] = task.split('=');
	return `<userTask id="${id}" name="The ${id}" sendback:assignees="${users}"/>`;
}
