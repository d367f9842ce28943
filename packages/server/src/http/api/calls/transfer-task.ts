import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId, UserIds } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function transferTask(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/transfer', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'transferTask',
			summary: 'Hand assignments over to others 转交',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({
				user_id: UserId,
				from_user_ids: Type.Optional(UserIds),
				to_user_ids: UserIds,
				opinion: Type.Optional(Opinion),
			}),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToTask(context, request, reply, {
				type: 'transfer-task',
				task: request.params.task_id,
				user: request.body.user_id,
				from: [...new Set(request.body.from_user_ids)],
				to: [...new Set(request.body.to_user_ids)],
				opinion: request.body.opinion ?? '',
			}),
	});
}
