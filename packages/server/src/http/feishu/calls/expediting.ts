import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, ids, idText, idTexts, Opinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const expeditingCall = defineCall({
	name: 'user_task.expediting',
	path: '/apaas/v1/user_tasks/:task_id/expediting',
	summary: '催办 Urge the assignees of a task',
	scope: 'app_engine:approval:write',
	body: Type.Object({
		operator_user_id: Id,
		expediting_user_ids: ids(1, 20),
		opinion: Type.Optional(Opinion),
	}),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'urge-task',
			task: request.path.task_id ?? '',
			user: idText(body.operator_user_id),
			users: idTexts(body.expediting_user_ids),
			opinion: body.opinion ?? '',
		});
	},
});
