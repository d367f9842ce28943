import Type from 'typebox';
import { defineCall, NO_DATA } from '../call.ts';
import { Id, ids, idText, idTexts, Opinion } from '../fields.ts';
import { submitToTask } from '../submit.ts';

const POSITIONS = { currentAndAddAssign: 'beside', afterAndAddAssign: 'after' } as const;

export const addAssigneeCall = defineCall({
	name: 'approval_task.add_assignee',
	path: '/apaas/v1/approval_tasks/:approval_task_id/add_assignee',
	summary: '人工任务加签 Add assignees, beside or after the user',
	scope: 'app_engine:approval:write',
	body: Type.Object({
		user_id: Id,
		approvers: Type.Optional(ids(0, 20)),
		add_assignee_type: Type.Optional(
			Type.Union([Type.Literal('currentAndAddAssign'), Type.Literal('afterAndAddAssign')]),
		),
		opinion: Type.Optional(Opinion),
	}),
	data: NO_DATA,
	answer(request, body) {
		return submitToTask(request, {
			type: 'add-assignees',
			task: request.path.approval_task_id ?? '',
			user: idText(body.user_id),
			users: idTexts(body.approvers),
			position: POSITIONS[body.add_assignee_type ?? 'currentAndAddAssign'],
			opinion: body.opinion ?? '',
		});
	},
});
