import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { Opinion, PathId, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { submitToInstance } from '../task-commands.ts';
import { CommandResultSchema } from '../views/command-result-view.ts';

export function cancelInstance(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/instances/:instance_id/cancel', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'cancelInstance',
			summary: 'End an instance 撤销',
			tags: ['Instances'],
			params: Type.Object({ instance_id: PathId }),
			body: Type.Object({ user_id: UserId, opinion: Type.Optional(Opinion) }),
			response: responses(200, CommandResultSchema),
		},
		handler: (request, reply) =>
			submitToInstance(context, request, reply, request.params.instance_id, {
				type: 'cancel-instance',
				user: request.body.user_id,
				opinion: request.body.opinion ?? '',
			}),
	});
}
