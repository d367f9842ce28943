import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId, Variables } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function completeTask(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/complete', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'completeTask',
			summary: 'Agree or reject, with data',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({
				user_id: UserId,
				decision: Type.Union([Type.Literal('agree'), Type.Literal('reject')]),
				variables: Type.Optional(Variables),
				opinion: Type.Optional(Opinion),
			}),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToTask(context, request, reply, {
				type: 'decide-task',
				task: request.params.task_id,
				user: request.body.user_id,
				decision: request.body.decision,
				opinion: request.body.opinion ?? '',
				// Parsed from JSON, so every value in it is a JSON value.
				variables: (request.body.variables ?? {}) as EngineVariables,
			}),
	});
}
