import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import { defineCall, NO_DATA, refused } from '../call.ts';
import { Id, idText, RequiredOpinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const rollbackCall = defineCall({
	name: 'user_task.rollback',
	path: '/apaas/v1/user_tasks/:task_id/rollback',
	summary: '退回 Send back from an open task to a rollback point',
	scope: 'app_engine:approval:write',
	body: Type.Object({ operator_user_id: Id, to_task_id: Id, opinion: RequiredOpinion }),
	data: NO_DATA,
	async answer(request, body) {
		const to = idText(body.to_task_id);
		if (!isDecimalId(to)) return refused(refuse('rollback-point-unknown', { task: to }));
		return submitToTask(request, {
			type: 'roll-back',
			task: request.path.task_id ?? '',
			user: idText(body.operator_user_id),
			to,
			opinion: body.opinion,
			resume: 'replay',
		});
	},
});
