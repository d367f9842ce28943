import type { TaskId, UserId } from '@sendback/engine/terms.ts';
import type { Answered, CommandResult, Services } from '../services.ts';
import { DEMO_FLOW, DEMO_NAMESPACE, DEMO_TENANT, DEMO_USERS } from './demo-data.ts';

/** An open task of the demo, and a task that it can be sent back to. */
export interface RollbackExample {
	readonly task: TaskId;
	readonly user: UserId;
	readonly to: TaskId;
}

/** Marks the instances that the demo made: those of its users are left alone. */
const DEMO_BUSINESS_KEY = 'sendback-demo';
const DEMO_INITIATOR = '1001';
const DEMO_VARIABLES = { amount: 8000, reason: '差旅 Travel' };
const PENDING_SHOWN = 50;
/** More than the steps from the start of the demo's flow to its end. */
const MAX_STEPS = 10;

/**
 * Finds a task that can be sent back. Where there is none, the demo's own instance is moved on until it has one; only
 * when that has ended a new one is started, so there is never more than one open. Null where that leads nowhere, because
 * somebody has deployed another flow in place of the demo's.
 */
export async function findRollbackExample(services: Services): Promise<RollbackExample | null> {
	for (let step = 0; step < MAX_STEPS; step++) {
		const pending = await demoTasks(services);
		for (const candidate of pending) {
			const points = await services.tasks.rollbackPoints(DEMO_TENANT, candidate.task, candidate.user, 'latest');
			const point = points.ok ? points.value.find(({ isStart }) => !isStart) : undefined;
			if (point !== undefined) return { ...candidate, to: point.id };
		}
		const [next] = pending;
		const moved = next === undefined ? await startInstance(services) : await agree(services, next);
		if (!moved.ok) return null;
	}
	return null;
}

interface Candidate {
	readonly task: TaskId;
	readonly user: UserId;
}

async function demoTasks(services: Services): Promise<readonly Candidate[]> {
	const found: Candidate[] = [];
	for (const { id: user } of DEMO_USERS) {
		const page = await services.tasks.query(DEMO_TENANT, {
			user,
			type: 'pending',
			source: 'assignMe',
			limit: PENDING_SHOWN,
			offset: 0,
			startTime: null,
			endTime: null,
			flowIds: [DEMO_FLOW],
		});
		for (const { id: task, instance } of page.tasks) {
			const view = await services.instances.find(DEMO_TENANT, instance);
			if (view?.businessKey === DEMO_BUSINESS_KEY) found.push({ task, user });
		}
	}
	return found;
}

function startInstance({ commands }: Services): Promise<Answered<CommandResult>> {
	return commands.start({
		tenant: DEMO_TENANT,
		namespace: DEMO_NAMESPACE,
		flowId: DEMO_FLOW,
		initiator: DEMO_INITIATOR,
		variables: DEMO_VARIABLES,
		businessKey: DEMO_BUSINESS_KEY,
		idempotency: null,
	});
}

function agree({ commands }: Services, { task, user }: Candidate): Promise<Answered<CommandResult>> {
	return commands.submit({
		tenant: DEMO_TENANT,
		target: { task },
		command: { type: 'decide-task', task, user, decision: 'agree', opinion: '同意 Agreed', variables: {} },
		idempotency: null,
	});
}
