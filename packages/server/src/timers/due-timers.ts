import type { TimeMs, TokenId } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { Clock, CommandService, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import { groupBy } from './group-by.ts';

export interface TimerDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly commands: Pick<CommandService, 'start' | 'submit'>;
	readonly log: (message: string, details?: object) => void;
}

/** Timers in a batch. */
const CLAIM = 100;

interface TimerRow {
	readonly tenant_id: TenantId;
	readonly instance_id: number;
	readonly token_id: TokenId;
	readonly due: TimeMs;
}

/**
 * Fires a batch of the timers of instances that are due now: those of one instance in their order, instances beside each
 * other. A timer that somebody else fired meanwhile is refused by the core, and one that a rollback armed anew, which has
 * its own time again. One that cannot fire is left to a later time (claim-timers.sql).
 *
 * @returns how many were taken
 */
export async function fireDueTimers(deps: TimerDependencies): Promise<number> {
	const claimed = await run<TimerRow>(deps.pool, 'claim-timers', [deps.clock.now(), CLAIM]);
	const inOrder = [...claimed].sort((a, b) => a.due - b.due || a.token_id - b.token_id);
	const lanes = groupBy(inOrder, ({ tenant_id, instance_id }) => `${tenant_id}/${instance_id}`);
	await Promise.all(lanes.map((timers) => fireInOrder(deps, timers)));
	return claimed.length;
}

async function fireInOrder(deps: TimerDependencies, timers: readonly TimerRow[]): Promise<void> {
	for (const timer of timers) await fire(deps, timer);
}

async function fire({ commands, log }: TimerDependencies, row: TimerRow): Promise<void> {
	const { tenant_id: tenant, token_id: token } = row;
	const instance = String(row.instance_id);
	const command = { type: 'trigger-event', token, variables: {} } as const;
	try {
		const answer = await commands.submit({ tenant, target: { instance }, command, idempotency: null });
		if (answer.ok) return;
		const { code } = answer.refusal;
		if (code !== 'event-not-awaited' && code !== 'instance-not-open')
			log('a timer could not fire and will be tried again', { tenant, instance, token, code });
	} catch (error) {
		log('a timer could not fire and will be tried again', { tenant, instance, token, error: String(error) });
	}
}
