import Type from 'typebox';
import type { CommandResult, PlannedTask, RollbackPlan } from '../../../services.ts';
import { nullable } from '../fields.ts';

const PlannedTaskSchema = Type.Object({
	id: nullable(Type.String()),
	node_id: Type.String(),
	node_name: Type.String(),
	user_ids: Type.Array(Type.String()),
});

const tasks = (description: string) => Type.Array(PlannedTaskSchema, { description });

export const RollbackSchema = Type.Object({
	id: nullable(Type.String({ description: 'null for a dry run' })),
	instance_id: Type.Optional(Type.String()),
	status: Type.Optional(Type.String()),
	repeated: Type.Optional(Type.Boolean()),
	reopened: tasks('open again, as new tasks; without an id in a dry run'),
	closed: tasks('open tasks that close'),
	undone: tasks('completed tasks whose result is undone'),
	kept: tasks('work since the target that stays as it is'),
	barriers: Type.Array(Type.Object({ node_id: Type.String(), node_name: Type.String() }), {
		description: 'dry run only: effects that cannot be undone and stand in the way, so that nothing else would happen',
	}),
	compensations: Type.Array(Type.Object({ node_id: Type.String(), topic: Type.String() }), {
		description: 'work for workers that undoes the effects of what was undone, the latest first',
	}),
});

export function rollbackPlanView(plan: RollbackPlan) {
	return {
		id: plan.rollback,
		reopened: plan.reopened.map(plannedTaskView),
		closed: plan.closed.map(plannedTaskView),
		undone: plan.undone.map(plannedTaskView),
		kept: plan.kept.map(plannedTaskView),
		barriers: plan.barriers.map(({ node, name }) => ({ node_id: node, node_name: name })),
		compensations: plan.compensations.map(({ node, topic }) => ({ node_id: node, topic })),
	};
}

export function rollbackResultView(result: CommandResult) {
	if (result.rollback === null) throw new Error('A committed rollback has no plan.');
	return {
		...rollbackPlanView(result.rollback),
		instance_id: result.instance,
		status: result.status,
		repeated: result.repeated,
	};
}

function plannedTaskView(task: PlannedTask) {
	return { id: task.id, node_id: task.node, node_name: task.name, user_ids: task.users };
}
