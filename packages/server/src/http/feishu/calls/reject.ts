import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, idText, Opinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const rejectCall = defineCall({
	name: 'approval_task.reject',
	path: '/apaas/v1/approval_tasks/:approval_task_id/reject',
	summary: '拒绝人工任务 Reject a task',
	scope: 'app_engine:approval:write',
	body: Type.Object({ user_id: Id, opinion: Type.Optional(Opinion) }),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'decide-task',
			task: request.path.approval_task_id ?? '',
			user: idText(body.user_id),
			decision: 'reject',
			opinion: body.opinion ?? '',
			variables: {},
		});
	},
});
