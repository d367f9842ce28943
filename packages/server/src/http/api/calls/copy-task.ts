import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { PathId, UserId, UserIds } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function copyTask(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/cc', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'copyTask',
			summary: 'Copy a task to others 抄送',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({ user_id: UserId, user_ids: UserIds }),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToTask(context, request, reply, {
				type: 'copy-task',
				task: request.params.task_id,
				user: request.body.user_id,
				users: [...new Set(request.body.user_ids)],
			}),
	});
}
