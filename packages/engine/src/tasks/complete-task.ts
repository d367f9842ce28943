import { resume, whyNotResumable } from '../causality/resume.ts';
import type { DecideTask } from '../commands.ts';
import type { Completion } from '../events.ts';
import { required } from '../lookup.ts';
import type { Node } from '../model/process-model.ts';
import { beginScope, dataOf, endOfActivity } from '../nodes/activity.ts';
import { Products } from '../products.ts';
import { contentsOfScope, modelOf, nodeOf } from '../scopes.ts';
import type { OpenTask } from '../state.ts';
import { type Stop, type Work, withWrites } from '../work.ts';

/** The task is decided: its token goes on, or the instance ends as rejected. */
export function completeTask(
	work: Work,
	task: OpenTask,
	{ decision, user: by, opinion }: Pick<DecideTask, 'decision' | 'user' | 'opinion'>,
): Stop | null {
	const { assignments, mode, isStart, entered, scope } = task;
	const missing = whyNotResumable(work, task);
	if (missing !== null) return missing;
	const node = nodeOf(work, scope, task.node);
	const completed = { task: task.id, decision, by, assignments, mode, isStart, entered };
	const completion: Completion = task.loop === undefined ? completed : { ...completed, loop: task.loop };
	const goesOn = goesOnRejected(node);
	if (decision === 'reject' && !goesOn) {
		const { tokens: consume, scopes: closes } = contentsOfScope(work.state, 0);
		work.fire({ kind: 'reject', node: task.node, scope, consume, produce: [], closes, completion });
		work.record({ type: 'InstanceEnded', status: 'rejected', user: by, opinion });
		return null;
	}
	const token = required(work.state.tokens, task.token);
	const write = goesOn ? { ...entered, decision } : entered;
	if (!isStart) {
		const { consume, produce, closes } = endOfActivity(work, token);
		const firing = { kind: 'complete', node: task.node, scope, consume, produce, closes, write, completion } as const;
		return resume(work, task, work.fire(firing));
	}
	const begun = { ...dataOf(work.model, work.model.id), ...entered };
	const products = new Products(withWrites(work, scope, begun));
	const stop = beginScope(products, modelOf(work, scope), work.model.id, scope, task.node);
	if (stop !== null) return stop;
	const produce = products.tokens;
	const firing = {
		kind: 'complete',
		node: task.node,
		scope,
		consume: [token],
		produce,
		write: begun,
		completion,
	} as const;
	return resume(work, task, work.fire(firing));
}

/** Whether a rejection goes on from here, instead of ending the instance. */
export function goesOnRejected(node: Node): boolean {
	return node.kind === 'userTask' && node.onReject === 'continue';
}
