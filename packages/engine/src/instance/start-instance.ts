import type { StartInstance } from '../commands.ts';
import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import type { Assignment } from '../state.ts';
import { whyNotUsers } from '../tasks/assignments.ts';
import { completeTask } from '../tasks/complete-task.ts';
import { whyNotVariables } from '../tasks/variables.ts';
import type { Stop, Work } from '../work.ts';

/** The start is a completed task of the initiator, so that everything can be sent back to it. */
export function startInstance(work: Work, command: StartInstance): Stop | null {
	const { initiator, variables: entered } = command;
	const stop = whyNotVariables(entered) ?? whyNotUsers(work, [initiator]);
	if (stop !== null) return stop;
	const { model } = work;
	const starts = Object.values(model.nodes)
		.filter((node) => node.kind === 'startEvent')
		.filter(({ id, parent }) => parent === model.id && (command.start === undefined || id === command.start));
	// A process that only events start can be started by hand as if the first of them had come.
	const start = starts.find(({ trigger }) => trigger === null) ?? starts[0];
	invariant(start !== undefined, 'a deployed process has a start event');

	work.record({ type: 'InstanceStarted', initiator, process: model.id });
	const assignments: readonly Assignment[] = [{ user: initiator, status: 'agreed', waitsFor: [], decidedAt: work.now }];
	const task = { position: 0, mode: 'all', isStart: true, assignments } as const;
	const place = `task:${start.id}` as const;
	work.fire({ kind: 'enter', node: start.id, scope: 0, consume: [], produce: [{ place, scope: 0 }], tasks: [task] });
	const open = required(Object.values(work.state.tasks), 0);
	return completeTask(work, { ...open, entered }, { decision: 'agree', user: initiator, opinion: '' });
}
