import { createHash, randomBytes } from 'node:crypto';
import Type from 'typebox';
import type { Idempotency } from '../../../services.ts';
import { defineCall } from '../call.ts';
import { Id, ids, idText, idTexts } from '../fields.ts';
import { submitToTask } from '../submit.ts';

export const chatGroupCall = defineCall({
	name: 'user_task.chat_group',
	path: '/apaas/v1/user_tasks/:task_id/chat_group',
	summary: '发起群聊 Link a chat group to a task',
	scope: 'app_engine:approval:write',
	body: Type.Object({
		operator_user_id: Id,
		invite_user_ids: Type.Optional(ids(1, 20)),
		chat_id: Type.Optional(Type.String({ maxLength: 128 })),
		chat_name: Type.Optional(Type.String({ maxLength: 255 })),
	}),
	data: Type.Object({ chat_id: Type.String() }),
	answer(request, body) {
		const given = body.chat_id ?? '';
		const chat = given === '' ? newChatId(request.app.tenant, request.idempotency) : given;
		return submitToTask(
			request,
			{
				type: 'link-chat-group',
				task: request.path.task_id ?? '',
				user: idText(body.operator_user_id),
				chat,
				name: body.chat_name ?? '',
				users: idTexts(body.invite_user_ids),
			},
			{ chat_id: chat },
		);
	},
});

/** `oc_` and 32 hexadecimal digits; the same again where the request is the repeat of one. */
function newChatId(tenant: string, idempotency: Idempotency | null): string {
	if (idempotency === null) return `oc_${randomBytes(16).toString('hex')}`;
	const hash = createHash('sha256').update(`chat\n${tenant}\n${idempotency.key}`).digest('hex');
	return `oc_${hash.slice(0, 32)}`;
}
