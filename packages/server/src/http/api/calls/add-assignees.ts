import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId, UserIds } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function addAssignees(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/add-assignees', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'addAssignees',
			summary: 'Add assignees 加签',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({
				user_id: UserId,
				user_ids: UserIds,
				position: Type.Optional(
					Type.Union([Type.Literal('beside'), Type.Literal('after')], {
						description: 'beside (as without it): they decide with the user; after: once the user has agreed',
					}),
				),
				opinion: Type.Optional(Opinion),
			}),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToTask(context, request, reply, {
				type: 'add-assignees',
				task: request.params.task_id,
				user: request.body.user_id,
				users: [...new Set(request.body.user_ids)],
				position: request.body.position ?? 'beside',
				opinion: request.body.opinion ?? '',
			}),
	});
}
