import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, idText, Opinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const agreeCall = defineCall({
	name: 'approval_task.agree',
	path: '/apaas/v1/approval_tasks/:approval_task_id/agree',
	summary: '同意人工任务 Agree to a task',
	scope: 'app_engine:approval:write',
	body: Type.Object({ user_id: Id, opinion: Type.Optional(Opinion) }),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'decide-task',
			task: request.path.approval_task_id ?? '',
			user: idText(body.user_id),
			decision: 'agree',
			opinion: body.opinion ?? '',
			variables: {},
		});
	},
});
