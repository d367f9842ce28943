import type { Completion } from '@sendback/engine/events.ts';
import type { Assignment, OpenTask } from '@sendback/engine/state.ts';

/** Tasks and what belongs to them as tuples, which end where all that follows is as it mostly is. */

/** user, status, whom it waits for, opinion, moment of the decision. */
export type AssignmentTuple = readonly [
	Assignment['user'],
	Assignment['status'],
	...(
		| []
		| [Assignment['waitsFor'], NonNullable<Assignment['opinion']> | null, NonNullable<Assignment['decidedAt']> | null]
	),
];

type TaskRest = Pick<OpenTask, 'isStart' | 'draft' | 'entered' | 'loop' | 'copied' | 'together' | 'resume'>;

/** id, node, scope, token, moment of its opening, mode, assignments, and what only some have. */
export type OpenTaskTuple = readonly [
	OpenTask['id'],
	OpenTask['node'],
	OpenTask['scope'],
	OpenTask['token'],
	OpenTask['openedAt'],
	OpenTask['mode'],
	readonly AssignmentTuple[],
	...([] | [TaskRest]),
];

/** task, decision, whose vote it was, mode, assignments (null: those of the decision before it), and what only some have. */
export type CompletionTuple = readonly [
	Completion['task'],
	Completion['decision'],
	Completion['by'],
	Completion['mode'],
	readonly AssignmentTuple[] | null,
	...([] | [Pick<Completion, 'isStart' | 'entered' | 'loop'>]),
];

export function writeAssignments(assignments: readonly Assignment[]): readonly AssignmentTuple[] {
	return assignments.map(({ user, status, waitsFor, opinion, decidedAt }): AssignmentTuple => {
		if (waitsFor.length === 0 && opinion === undefined && decidedAt === undefined) return [user, status];
		return [user, status, waitsFor, opinion ?? null, decidedAt ?? null];
	});
}

export function readAssignments(tuples: readonly AssignmentTuple[]): readonly Assignment[] {
	return tuples.map((tuple) => {
		if (tuple.length === 2) return { user: tuple[0], status: tuple[1], waitsFor: [] };
		const [user, status, waitsFor, opinion, decidedAt] = tuple;
		return {
			user,
			status,
			waitsFor,
			...(opinion === null ? {} : { opinion }),
			...(decidedAt === null ? {} : { decidedAt }),
		};
	});
}

export function writeOpenTask(task: OpenTask): OpenTaskTuple {
	const { id, node, scope, token, openedAt, mode, isStart, draft, entered, loop, copied, together, resume } = task;
	const assignments = writeAssignments(task.assignments);
	const hasMore = loop !== undefined || copied !== undefined || together !== undefined || resume !== undefined;
	if (!isStart && isEmpty(draft) && isEmpty(entered) && !hasMore) {
		return [id, node, scope, token, openedAt, mode, assignments];
	}
	const rest = {
		isStart,
		draft,
		entered,
		...(loop === undefined ? {} : { loop }),
		...(copied === undefined ? {} : { copied }),
		...(together === undefined ? {} : { together }),
		...(resume === undefined ? {} : { resume }),
	};
	return [id, node, scope, token, openedAt, mode, assignments, rest];
}

export function readOpenTask(tuple: OpenTaskTuple): OpenTask {
	const [id, node, scope, token, openedAt, mode, tuples, rest] = tuple;
	const assignments = readAssignments(tuples);
	return rest === undefined
		? { id, node, scope, token, openedAt, mode, assignments, isStart: false, draft: {}, entered: {} }
		: { id, node, scope, token, openedAt, mode, assignments, ...rest };
}

/** `decided`: the assignments of the decision before it, which are the same list where it completed the task. */
export function writeCompletion(completion: Completion, decided: readonly Assignment[] | null): CompletionTuple {
	const { task, decision, by, mode, isStart, entered, loop } = completion;
	const assignments = completion.assignments === decided ? null : writeAssignments(completion.assignments);
	if (!isStart && isEmpty(entered) && loop === undefined) return [task, decision, by, mode, assignments];
	const rest = { isStart, entered, ...(loop === undefined ? {} : { loop }) };
	return [task, decision, by, mode, assignments, rest];
}

export function readCompletion(tuple: CompletionTuple, decided: readonly Assignment[] | null): Completion {
	const [task, decision, by, mode, own, rest = { isStart: false, entered: {} }] = tuple;
	const assignments = own === null ? decided : readAssignments(own);
	if (assignments === null) throw new Error(`bug: the completion of task ${task} has no decision before it`);
	return { task, decision, by, mode, assignments, ...rest };
}

function isEmpty(variables: object): boolean {
	for (const _ in variables) return false;
	return true;
}
