import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, ids, idText, idTexts, Opinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const transferCall = defineCall({
	name: 'approval_task.transfer',
	path: '/apaas/v1/approval_tasks/:approval_task_id/transfer',
	summary: '转交人工任务 Hand an assignment over to others',
	scope: 'app_engine:approval:write',
	body: Type.Object({
		user_id: Id,
		from_user_ids: Type.Optional(ids(0, 20)),
		to_user_ids: Type.Optional(ids(0, 20)),
		opinion: Type.Optional(Opinion),
	}),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'transfer-task',
			task: request.path.approval_task_id ?? '',
			user: idText(body.user_id),
			from: idTexts(body.from_user_ids),
			to: idTexts(body.to_user_ids),
			opinion: body.opinion ?? '',
		});
	},
});
