import { cutText } from '../cut-text.ts';
import { isDirectoryId, splitIds } from '../directory-ids.ts';
import type { VariableRead } from '../events.ts';
import type { UserTask } from '../model/process-model.ts';
import type { Question } from '../questions.ts';
import { reject } from '../rejections.ts';
import { MAX_ASSIGNEES } from '../tasks/assignments.ts';
import type { GroupId, ScopeId, UserId, Value } from '../terms.ts';
import { ask, isStop, refused, type Stop, unanswered, type View } from '../work.ts';
import { evaluateText } from './evaluate-text.ts';

/** Who decides a task that opens now, in the order of the model; the initiator where nobody is found. */
export function resolveAssignees(
	view: View,
	node: UserTask,
	scope: ScopeId,
): { readonly users: readonly UserId[]; readonly reads: readonly VariableRead[] } | Stop {
	const users: UserId[] = [];
	const reads: VariableRead[] = [];
	const questions: Question[] = [];
	for (const source of node.assignees) {
		const value = evaluateText(view, scope, source.kind === 'users' ? source.users : source.groups);
		if (isStop(value)) return value;
		reads.push(...value.reads);
		const ids = idsIn(value.value);
		if (ids === null || !ids.every(isDirectoryId)) {
			const shown = cutText(JSON.stringify(value.value), 100);
			return refused(reject('assignee-invalid', { node: node.id, value: shown }));
		}
		const found = source.kind === 'users' ? ids : ids.flatMap((group) => membersOf(view, group, questions));
		// Not spread into a call, which takes no hundred thousand arguments.
		for (const user of found) users.push(user);
	}
	if (questions.length > 0) return unanswered(...questions);
	const distinct = [...new Set(users)];
	if (distinct.length > MAX_ASSIGNEES) return refused(reject('too-many-assignees', { node: node.id }));
	return { users: distinct.length > 0 ? distinct : [view.state.initiator], reads };
}

function membersOf(view: View, group: GroupId, questions: Question[]): readonly UserId[] {
	const answer = ask<'group'>(view, { kind: 'group', group });
	if (answer === undefined) questions.push({ kind: 'group', group });
	return answer?.members ?? [];
}

/** `1002`, `1002, 1003`, 1002 or a list of such; null where it is something else. */
function idsIn(value: Value): readonly string[] | null {
	if (value === null) return [];
	if (typeof value === 'string') return splitIds(value);
	if (typeof value === 'number' && Number.isSafeInteger(value)) return [String(value)];
	if (!Array.isArray(value)) return null;
	const each = (value as readonly Value[]).map(idsIn);
	return each.some((ids) => ids === null) ? null : each.flatMap((ids) => ids ?? []);
}
