import type { NodeId, TimeMs } from '@sendback/engine/terms.ts';
import { SYSTEM_USER } from '../commands/system-user.ts';
import type { TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import type { TimerDependencies } from './due-timers.ts';
import { keyOf } from './key-of.ts';

const CLAIM = 100;

interface TimerStartRow {
	readonly tenant_id: TenantId;
	readonly namespace: string;
	readonly flow_id: string;
	readonly node_id: NodeId;
	readonly version: number;
	readonly due: TimeMs;
	readonly every: number | null;
	readonly remaining: number | null;
}

/** Starts the flows whose timer is due now. @returns how many were started */
export async function startDueFlows(deps: TimerDependencies): Promise<number> {
	let started = 0;
	for (;;) {
		const claimed = await run<TimerStartRow>(deps.pool, 'claim-timer-starts', [deps.clock.now(), CLAIM]);
		const done = await Promise.all(claimed.map((row) => startFlow(deps, row)));
		started += done.filter(Boolean).length;
		if (claimed.length < CLAIM) return started;
	}
}

async function startFlow({ pool, clock, commands, log }: TimerDependencies, row: TimerStartRow): Promise<boolean> {
	const { tenant_id: tenant, namespace, flow_id: flowId, node_id: node, version, due } = row;
	try {
		// Each time of the timer has its own key, so that it starts one instance, however often it is tried.
		const key = keyOf('timer-start', namespace, flowId, version, node, due);
		const answer = await commands.start({
			tenant,
			namespace,
			flowId,
			initiator: SYSTEM_USER,
			variables: {},
			businessKey: null,
			idempotency: { key, fingerprint: key },
			start: { node, version },
		});
		if (!answer.ok) {
			log('a timer could not start its flow and will try again', { tenant, flowId, code: answer.refusal.code });
			return false;
		}
		const { next, remaining } = nextTime(row, clock.now());
		await run(pool, 'advance-timer-start', [tenant, namespace, flowId, node, version, due, next, remaining]);
		return !answer.value.repeated;
	} catch (error) {
		log('a timer could not start its flow and will try again', { tenant, flowId, error: String(error) });
		return false;
	}
}

/** Times that passed while no server ran are not made up for. */
function nextTime(
	{ due, every, remaining }: TimerStartRow,
	now: TimeMs,
): { readonly next: TimeMs | null; readonly remaining: number | null } {
	if (every === null || every <= 0 || remaining === 0) return { next: null, remaining };
	const passed = Math.max(1, Math.floor((now - due) / every) + 1);
	if (remaining === null) return { next: due + passed * every, remaining };
	return remaining < passed ? { next: null, remaining } : { next: due + passed * every, remaining: remaining - passed };
}
