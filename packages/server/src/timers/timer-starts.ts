import { followingTime, type NextTime } from '@sendback/engine/nodes/schedule.ts';
import type { NodeId, TimeMs } from '@sendback/engine/terms.ts';
import { SYSTEM_USER } from '../commands/system-user.ts';
import { plainText } from '../flows/event-starts.ts';
import type { FlowService, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import type { TimerDependencies } from './due-timers.ts';
import { keyOf } from './key-of.ts';

const CLAIM = 100;

export interface TimerStartDependencies extends TimerDependencies {
	readonly findFlow: FlowService['find'];
}

interface TimerStartRow {
	readonly tenant_id: TenantId;
	readonly namespace: string;
	readonly flow_id: string;
	readonly node_id: NodeId;
	readonly version: number;
	readonly due: TimeMs;
	readonly remaining: number | null;
}

/** Starts a batch of the flows whose timer is due now. @returns how many were taken */
export async function startDueFlows(deps: TimerStartDependencies): Promise<number> {
	const claimed = await run<TimerStartRow>(deps.pool, 'claim-timer-starts', [deps.clock.now(), CLAIM]);
	await Promise.all(claimed.map((row) => startFlow(deps, row)));
	return claimed.length;
}

async function startFlow(deps: TimerStartDependencies, row: TimerStartRow): Promise<void> {
	const { pool, commands, log } = deps;
	const { tenant_id: tenant, namespace, flow_id: flowId, node_id: node, version, due } = row;
	try {
		// Each time of the timer has its own key, so that it starts one instance, however often it is tried.
		const idempotency = keyOf('timer-start', namespace, flowId, version, node, due);
		const answer = await commands.start({
			tenant,
			namespace,
			flowId,
			initiator: SYSTEM_USER,
			variables: {},
			businessKey: null,
			idempotency,
			start: { node, version },
		});
		if (!answer.ok) {
			log('a timer could not start its flow and will try again', { tenant, flowId, code: answer.refusal.code });
			return;
		}
		const next = await nextTime(deps, row);
		const times = [next?.due ?? null, next?.left ?? null];
		await run(pool, 'advance-timer-start', [tenant, namespace, flowId, node, version, due, ...times]);
	} catch (error) {
		log('a timer could not start its flow and will try again', { tenant, flowId, error: String(error) });
	}
}

/** Times that passed while no server ran are not made up for. */
async function nextTime(
	{ findFlow, clock }: TimerStartDependencies,
	{ tenant_id, namespace, flow_id, node_id, version, remaining }: TimerStartRow,
): Promise<NextTime | null> {
	const flow = await findFlow(tenant_id, namespace, flow_id, version);
	const node = flow?.model.nodes[node_id];
	if (flow === null || node?.kind !== 'startEvent' || node.trigger?.kind !== 'timer') return null;
	return followingTime(plainText(node.trigger.when), { armed: flow.deployedAt, left: remaining }, clock.now());
}
