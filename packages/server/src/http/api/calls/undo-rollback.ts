import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToRollback } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function undoRollback(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/rollbacks/:rollback_id/undo', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'undoRollback',
			summary: 'Take a rollback back, while nothing has happened since',
			description: 'Everything is as it was before the rollback: the same open tasks, with the same ids and votes.',
			tags: ['Tasks'],
			params: Type.Object({ rollback_id: PathId }),
			body: Type.Object({ user_id: UserId, opinion: Type.Optional(Opinion) }),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToRollback(context, request, reply, request.params.rollback_id, {
				type: 'undo-rollback',
				user: request.body.user_id,
				opinion: request.body.opinion ?? '',
			}),
	});
}
