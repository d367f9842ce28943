import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import { defineCall, refused, success } from '../call.ts';
import { Id, idText } from '../fields.ts';
import { LabelSchema, labels } from '../labels.ts';

const RollbackPointsData = Type.Object({
	tasks: Type.Array(
		Type.Object({ id: Type.String(), activity_label: Type.Array(LabelSchema), is_start: Type.Boolean() }),
	),
});

export const rollbackPointsCall = defineCall({
	name: 'user_task.rollback_points',
	path: '/apaas/v1/user_tasks/:task_id/rollback_points',
	summary: '查询人工任务可退回的点 Where a task can be sent back to',
	scope: 'app_engine:approval:read',
	readsTogether: true,
	body: Type.Object({ operator_user_id: Id }),
	data: RollbackPointsData,
	async answer({ services, app, path }, body) {
		const task = path.task_id ?? '';
		if (!isDecimalId(task)) return refused(refuse('task-unknown', { task }));
		const user = idText(body.operator_user_id);
		const points = await services.tasks.rollbackPoints(app.tenant, task, user, 'latest');
		if (!points.ok) return refused(points.refusal);
		return success({
			tasks: points.value.map((point) => ({
				id: point.id,
				activity_label: labels(point.nodeName),
				is_start: point.isStart,
			})),
		});
	},
});
