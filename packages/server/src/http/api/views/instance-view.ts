import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState, OpenTask, Token } from '@sendback/engine/state.ts';
import Type from 'typebox';
import type { InstanceView, TaskRecord } from '../../../services.ts';
import { InstanceStatusWord, nullable, TaskStatusWord, Time } from '../fields.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

const TaskSchema = Type.Object({
	id: Type.String(),
	node_id: Type.String(),
	node_name: Type.String(),
	status: TaskStatusWord,
	is_start: Type.Boolean(),
	opened_at: Time,
	closed_at: nullable(Time),
	completed_by: nullable(Type.String()),
	undone_by: nullable(Type.String({ description: 'the rollback that undid it' })),
	assignments: Type.Array(
		Type.Object({
			user_id: Type.String(),
			status: Type.String({ description: 'pending, waiting, agreed, rejected, transferred or closed' }),
			opinion: Type.String(),
			decided_at: nullable(Time),
		}),
	),
});

export const InstanceSchema = Type.Object({
	id: Type.String(),
	namespace: Type.String(),
	flow_id: Type.String(),
	flow_name: Type.String(),
	version: Type.Integer(),
	status: InstanceStatusWord,
	initiator_id: Type.String(),
	variables: Type.Record(Type.String(), Type.Unknown()),
	business_key: nullable(Type.String()),
	started_at: Time,
	ended_at: nullable(Time),
	marking: Type.Array(
		Type.Object({
			element_id: Type.String({ description: 'the node where tokens are, or wait to enter' }),
			scope_id: Type.String(),
			count: Type.Integer(),
			flow_id: Type.Optional(Type.String({ description: 'the sequence flow on which they wait' })),
		}),
	),
	tasks: Type.Array(TaskSchema),
});

/** `tasks` is null where only the open ones are asked for: those are part of the instance itself. */
export function instanceView(instance: InstanceView, tasks: readonly TaskRecord[] | null) {
	const { model, state } = instance;
	return {
		id: instance.id,
		namespace: instance.namespace,
		flow_id: instance.flowId,
		flow_name: model.name,
		version: instance.version,
		status: state.status,
		initiator_id: state.initiator,
		variables: variablesOf(state),
		business_key: instance.businessKey,
		started_at: isoTime(instance.startedAt),
		ended_at: isoTimeOrNull(instance.endedAt),
		marking: markingOf(model, state),
		tasks: tasks?.map(taskRecordView) ?? Object.values(state.tasks).map((task) => openTaskView(model, task)),
	};
}

function variablesOf(state: InstanceState): Readonly<Record<string, unknown>> {
	const variables = state.scopes[0]?.variables ?? {};
	return Object.fromEntries(Object.entries(variables).map(([name, version]) => [name, version.value]));
}

interface Mark {
	readonly element_id: string;
	readonly scope_id: string;
	readonly count: number;
	readonly flow_id?: string;
}

/** Tokens behind end events are left out: they stand for a path that is over. */
function markingOf(model: ProcessModel, state: InstanceState): readonly Mark[] {
	const marks = new Map<string, Mark>();
	for (const token of Object.values(state.tokens)) {
		const place = placeOf(model, token);
		if (place === null) continue;
		const key = `${token.place} ${token.scope}`;
		const count = (marks.get(key)?.count ?? 0) + 1;
		marks.set(key, { ...place, scope_id: String(token.scope), count });
	}
	return [...marks.values()];
}

function placeOf(model: ProcessModel, token: Token): { readonly element_id: string; readonly flow_id?: string } | null {
	const separator = token.place.indexOf(':');
	const id = token.place.slice(separator + 1);
	switch (token.place.slice(0, separator)) {
		case 'task':
			return { element_id: id };
		case 'flow':
			return { element_id: model.flows[id]?.target ?? id, flow_id: id };
		default:
			return null;
	}
}

function openTaskView(model: ProcessModel, task: OpenTask) {
	return {
		id: task.id,
		node_id: task.node,
		node_name: model.nodes[task.node]?.name ?? task.node,
		status: 'in_process',
		is_start: task.isStart,
		opened_at: isoTime(task.openedAt),
		closed_at: null,
		completed_by: null,
		undone_by: null,
		assignments: task.assignments.map((assignment) => ({
			user_id: assignment.user,
			status: assignment.status,
			opinion: assignment.opinion ?? '',
			decided_at: isoTimeOrNull(assignment.decidedAt ?? null),
		})),
	};
}

function taskRecordView(task: TaskRecord) {
	return {
		id: task.id,
		node_id: task.node,
		node_name: task.nodeName,
		status: task.status,
		is_start: task.isStart,
		opened_at: isoTime(task.openedAt),
		closed_at: isoTimeOrNull(task.closedAt),
		completed_by: task.completedBy,
		undone_by: task.undoneBy,
		assignments: task.assignments.map((assignment) => ({
			user_id: assignment.user,
			status: assignment.status,
			opinion: assignment.opinion,
			decided_at: isoTimeOrNull(assignment.decidedAt),
		})),
	};
}
