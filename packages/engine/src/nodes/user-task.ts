import type { UserTask } from '../model/process-model.ts';
import type { Assignment, Token } from '../state.ts';
import type { UserId } from '../terms.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { resolveAssignees } from './resolve-assignees.ts';

export function enterUserTask(view: View, node: UserTask, token: Token): Firing | Stop {
	const users = resolveAssignees(view, node, token.scope);
	if (isStop(users)) return users;
	return {
		kind: 'enter',
		node: node.id,
		scope: token.scope,
		consume: [token],
		produce: [`task:${node.id}`],
		open: { mode: node.mode, isStart: false, assignments: firstAssignments(users, node.mode === 'orderly') },
	};
}

/** All at once, or each after the one before. */
function firstAssignments(users: readonly UserId[], inOrder: boolean): readonly Assignment[] {
	return users.map((user, index) => {
		const before = inOrder ? users[index - 1] : undefined;
		return before === undefined
			? { user, status: 'pending', waitsFor: [] }
			: { user, status: 'waiting', waitsFor: [before] };
	});
}
