import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { OpenTask, Scope } from '@sendback/engine/state.ts';
import type { ScopeId, TaskId } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { InstanceView, TaskRecord } from '../../../services.ts';
import { InstanceStatusWord, nullable, TaskStatusWord, Time, wordOf } from '../fields.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { MarkSchema, markingOf } from './marking-view.ts';

const TaskSchema = Type.Object({
	id: Type.String(),
	node_id: Type.String(),
	node_name: Type.String(),
	status: TaskStatusWord,
	is_start: Type.Boolean(),
	loop_id: nullable(
		Type.String({ description: 'the repeated task that it is one run of; a rollback point by itself' }),
	),
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

const SCOPE_KINDS = {
	process: true,
	sub: true,
	call: true,
	loop: true,
	run: true,
	compensation: true,
} as const satisfies Record<Scope['kind'], true>;

const ScopeSchema = Type.Object({
	id: Type.String(),
	parent_id: nullable(Type.String()),
	element_id: Type.String({ description: 'the process, or the activity that opened it' }),
	kind: wordOf(SCOPE_KINDS, {
		description:
			'sub: the inside of a subprocess; call: of a called flow; loop: all runs of a repeated activity; run: one of them; compensation: what an event, or the compensation of one activity, has still to compensate',
	}),
	flow_id: Type.Optional(Type.String({ description: 'of a call: the flow that runs in it' })),
	version: Type.Optional(Type.Integer()),
	variables: Type.Record(Type.String(), Type.Unknown()),
});

export const InstanceSchema = Type.Object({
	id: Type.String(),
	namespace: Type.String(),
	flow_id: Type.String(),
	flow_name: Type.String(),
	version: Type.Integer(),
	status: InstanceStatusWord,
	initiator_id: Type.String(),
	variables: Type.Record(Type.String(), Type.Unknown(), { description: 'those of the process; see also scopes' }),
	business_key: nullable(Type.String()),
	started_at: Time,
	ended_at: nullable(Time),
	marking: Type.Array(MarkSchema),
	scopes: Type.Array(ScopeSchema, { description: 'what is running inside of what; the process itself first' }),
	tasks: Type.Array(TaskSchema),
});

/**
 * `tasks` is null where only the open ones are asked for: those are part of the instance itself. `modelOf` gives the
 * model that the nodes of a scope are of.
 */
export function instanceView(
	instance: InstanceView,
	tasks: readonly TaskRecord[] | null,
	modelOf: (scope: ScopeId) => ProcessModel,
) {
	const { model, state } = instance;
	// While a task is open the instance knows it as well as its record does.
	const loops = new Map(Object.values(state.tasks).map(({ id, loop = null }) => [id, loop]));
	return {
		id: instance.id,
		namespace: instance.namespace,
		flow_id: instance.flowId,
		flow_name: model.name,
		version: instance.version,
		status: state.status,
		initiator_id: state.initiator,
		variables: variablesOf(state.scopes[0]),
		business_key: instance.businessKey,
		started_at: isoTime(instance.startedAt),
		ended_at: isoTimeOrNull(instance.endedAt),
		marking: markingOf(state, modelOf),
		scopes: Object.values(state.scopes).map(scopeView),
		tasks:
			tasks?.map((task) => taskRecordView(task, task.loop ?? loops.get(task.id) ?? null)) ??
			Object.values(state.tasks).map((task) => openTaskView(modelOf(task.scope), task)),
	};
}

function variablesOf(scope: Scope | undefined): Readonly<Record<string, unknown>> {
	const variables = scope?.variables ?? {};
	return Object.fromEntries(Object.entries(variables).map(([name, version]) => [name, version.value]));
}

function scopeView(scope: Scope) {
	return {
		id: String(scope.id),
		parent_id: scope.parent === null ? null : String(scope.parent),
		element_id: scope.element,
		kind: scope.kind,
		...(scope.flow === undefined ? {} : { flow_id: scope.flow.flowId, version: scope.flow.version }),
		variables: variablesOf(scope),
	};
}

function openTaskView(model: ProcessModel, task: OpenTask) {
	return {
		id: task.id,
		node_id: task.node,
		node_name: model.nodes[task.node]?.name ?? task.node,
		status: 'in_process',
		is_start: task.isStart,
		loop_id: task.loop ?? null,
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

function taskRecordView(task: TaskRecord, loop: TaskId | null) {
	return {
		id: task.id,
		node_id: task.node,
		node_name: task.nodeName,
		status: task.status,
		is_start: task.isStart,
		loop_id: loop,
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
