import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId, UserIds } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function urgeTask(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/urge', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'urgeTask',
			summary: 'Urge the assignees of a task 催办',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({ user_id: UserId, user_ids: UserIds, opinion: Type.Optional(Opinion) }),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToTask(context, request, reply, {
				type: 'urge-task',
				task: request.params.task_id,
				user: request.body.user_id,
				users: [...new Set(request.body.user_ids)],
				opinion: request.body.opinion ?? '',
			}),
	});
}
