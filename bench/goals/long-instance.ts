import type { OpenedServices } from '@sendback/server/server.ts';
import type { Answered, CommandResult } from '@sendback/server/services.ts';
import type { Progress } from '../support/progress.ts';
import { LOOP_FLOW } from './loop-flow.ts';

/** An instance of the loop that waits at its second task. */
export interface LongInstance {
	readonly id: string;
	/** The open task. */
	readonly task: string;
	/** The one completed before it. */
	readonly before: string;
	readonly events: number;
}

/** As many commands of one instance as the server decides and writes together. */
const TOGETHER = 64;

/**
 * Agrees again and again, by the ordinary commands, until the log has as many events. Each agreement opens one task and
 * takes one id, so the commands of a group are sent together, each to the task that the one before it will open; where
 * a guess was wrong they are refused, and it goes on from the last that was accepted.
 */
export async function makeLongInstance(
	services: OpenedServices,
	tenant: string,
	user: string,
	events: number,
	progress?: Progress,
): Promise<LongInstance> {
	const started = await services.commands.start({
		tenant,
		namespace: LOOP_FLOW.namespace,
		flowId: LOOP_FLOW.id,
		initiator: user,
		variables: { approver: user, finished: false },
		businessKey: null,
		idempotency: null,
	});
	if (!started.ok) throw new Error(`The loop could not be started: ${started.refusal.code}`);
	const instance = started.value.instance;
	let open = openedBy(started.value);
	let before = open;
	let written = await eventsOf(services, tenant, instance);
	while (written < events || open.node !== 'b') {
		const first = Number(open.task);
		// Each agreement is at least four events.
		const count = Math.max(1, Math.min(TOGETHER, Math.floor((events - written) / 4)));
		const results = await Promise.all(
			Array.from({ length: count }, (_, index) => agree(services, tenant, instance, String(first + index), user)),
		);
		const accepted = results.flatMap((result) => (result.ok ? [result.value] : []));
		if (accepted.length === 0) throw new Error('bug: the open task could not be agreed to');
		for (const result of accepted) {
			before = open;
			open = openedBy(result);
		}
		const now = await eventsOf(services, tenant, instance);
		progress?.advance(now - written);
		written = now;
	}
	progress?.end();
	return { id: instance, task: open.task, before: before.task, events: written };
}

function openedBy({ opened }: CommandResult): { readonly task: string; readonly node: string } {
	const [task] = opened;
	if (task === undefined) throw new Error('bug: the loop ended');
	return { task: task.id, node: task.node };
}

function agree(
	{ commands }: OpenedServices,
	tenant: string,
	instance: string,
	task: string,
	user: string,
): Promise<Answered<CommandResult>> {
	return commands.submit({
		tenant,
		target: { instance },
		command: { type: 'decide-task', task, user, decision: 'agree', opinion: 'Agreed', variables: {} },
		idempotency: null,
	});
}

async function eventsOf({ instances }: OpenedServices, tenant: string, instance: string): Promise<number> {
	const view = await instances.find(tenant, instance);
	if (view === null) throw new Error('bug: the instance is not there');
	return view.state.nextSeq - 1;
}
