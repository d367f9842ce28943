import type { EngineEvent, RolledBack } from '../events.ts';
import { lookup } from '../lookup.ts';
import type { ProcessModel } from '../model/process-model.ts';
import { sameTask } from '../open-tasks.ts';
import type { InstanceState, OpenTask } from '../state.ts';
import type { NodeId, ScopeId, TaskId, UserId } from '../terms.ts';
import type { View } from '../work.ts';
import { knownScopes, modelAt, type Scopes } from './known-scopes.ts';
import { readLog } from './live-log.ts';

export interface DescribedTask {
	readonly id: TaskId;
	readonly node: NodeId;
	readonly name: string;
	/** Whose turn it is; for a completed task, who decided it. */
	readonly users: readonly UserId[];
}

export interface RollbackDescription {
	/** Tasks that open, the target's node first. */
	readonly reopened: readonly DescribedTask[];
	/** Open tasks that close. */
	readonly closed: readonly DescribedTask[];
	/** Completed tasks whose result is undone. */
	readonly undone: readonly DescribedTask[];
	/** Work since the target that stays: completed tasks, then open ones. */
	readonly kept: readonly DescribedTask[];
}

/**
 * What a rollback did, for people. A preview describes a step that is not committed, so it cannot differ from the act.
 *
 * @param view the model after it, and what was answered for it: the models of called flows among that
 * @param log the log from the target's completion to before the rollback
 */
export function describeRollback(
	view: Pick<View, 'model' | 'answers'>,
	before: InstanceState,
	after: InstanceState,
	log: readonly EngineEvent[],
	rolledBack: RolledBack,
): RollbackDescription {
	const live = readLog(log);
	const scopes: Scopes = new Map([...knownScopes(before, live), ...knownScopes(after, live)]);
	const nameAt = (scope: ScopeId, node: NodeId) => nameOf(modelAt(view, scopes, scope), node);
	const open = ({ id, node, scope, assignments }: OpenTask): DescribedTask => {
		const users = assignments.filter(({ status }) => status === 'pending').map(({ user }) => user);
		return { id, node, name: nameAt(scope, node), users };
	};
	const undone = new Set(rolledBack.undone);
	const completed = live.firings.flatMap(({ seq, node, scope, completion }) => {
		if (completion === undefined) return [];
		const decided = completion.assignments.filter(({ decidedAt }) => decidedAt !== undefined);
		const users = decided.map(({ user }) => user);
		return [{ isUndone: undone.has(seq), task: { id: completion.task, node, name: nameAt(scope, node), users } }];
	});
	const opened = Object.values(after.tasks).filter((task) => sameTask(before, task) === undefined);
	const stillOpen = Object.values(after.tasks).filter((task) => sameTask(before, task) !== undefined);
	const anew = new Set(rolledBack.reopened.map(({ id }) => id));
	return {
		reopened: [...rolledBack.reopened, ...opened.filter(({ id }) => !anew.has(id))].map(open),
		closed: rolledBack.closed.map(open),
		undone: completed.filter(({ isUndone }) => isUndone).map(({ task }) => task),
		kept: [...completed.filter(({ isUndone }) => !isUndone).map(({ task }) => task), ...stillOpen.map(open)],
	};
}

/** What people call a node: its name, or its id where the flow has none for it. */
export function nameOf(model: ProcessModel, node: NodeId): string {
	return lookup(model.nodes, node)?.name ?? node;
}
