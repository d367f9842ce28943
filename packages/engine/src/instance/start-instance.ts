import type { StartInstance } from '../commands.ts';
import { invariant } from '../invariant.ts';
import { outFlows } from '../nodes/places.ts';
import type { Assignment } from '../state.ts';
import { whyNotUsers } from '../tasks/assignments.ts';
import { whyNotVariables } from '../tasks/variables.ts';
import type { Stop, Work } from '../work.ts';

/** The start is a completed task of the initiator, so that everything can be sent back to it. */
export function startInstance(work: Work, command: StartInstance): Stop | null {
	const { initiator, variables: entered } = command;
	const stop = whyNotVariables(entered) ?? whyNotUsers(work, [initiator]);
	if (stop !== null) return stop;
	const start = Object.values(work.model.nodes).find(
		(node) => node.kind === 'startEvent' && node.parent === work.model.id,
	);
	invariant(start !== undefined, 'a deployed process has a start event');

	work.record({ type: 'InstanceStarted', initiator });
	const pending: Assignment = { user: initiator, status: 'pending', waitsFor: [] };
	const open = { mode: 'all', isStart: true, assignments: [pending] } as const;
	work.fire({ kind: 'enter', node: start.id, scope: 0, consume: [], produce: [`task:${start.id}`], open });

	const consume = Object.values(work.state.tokens);
	const task = Object.keys(work.state.tasks).join();
	const assignments: readonly Assignment[] = [{ ...pending, status: 'agreed', decidedAt: work.now }];
	const completion = {
		task,
		decision: 'agree',
		by: initiator,
		assignments,
		mode: 'all',
		isStart: true,
		entered,
	} as const;
	work.fire({
		kind: 'complete',
		node: start.id,
		scope: 0,
		consume,
		produce: outFlows(start),
		write: entered,
		completion,
	});
	return null;
}
