import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, ids, idText, idTexts } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const ccCall = defineCall({
	name: 'user_task.cc',
	path: '/apaas/v1/user_tasks/:task_id/cc',
	summary: '抄送 Copy a task to others',
	scope: 'app_engine:approval:write',
	body: Type.Object({ operator_user_id: Id, cc_user_ids: ids(1, 10) }),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'copy-task',
			task: request.path.task_id ?? '',
			user: idText(body.operator_user_id),
			users: idTexts(body.cc_user_ids),
		});
	},
});
