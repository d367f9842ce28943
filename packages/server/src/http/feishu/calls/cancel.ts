import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, idText, RequiredOpinion } from '../fields.ts';
import { submitToInstance } from '../submit.ts';

export const cancelCall = defineCall({
	name: 'approval_instance.cancel',
	path: '/apaas/v1/approval_instances/:approval_instance_id/cancel',
	summary: '撤销人工任务 End an instance',
	scope: 'app_engine:approval:write',
	body: Type.Object({ user_id: Id, opinion: RequiredOpinion }),
	data: NO_DATA,
	answer(request, body) {
		return submitToInstance(request, request.path.approval_instance_id ?? '', {
			type: 'cancel-instance',
			user: idText(body.user_id),
			opinion: body.opinion,
		});
	},
});
