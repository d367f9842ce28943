import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { GroupId, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';

const MAX_MEMBERS = 10_000;

export function putGroup(http: NativeHttp, { services }: HttpContext): void {
	http.put('/api/v1/groups/:group_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'putGroup',
			summary: 'Create a group, or replace its name and members',
			tags: ['Directory'],
			params: Type.Object({ group_id: GroupId }),
			body: Type.Object({
				name: Type.String({ minLength: 1, maxLength: 255 }),
				members: Type.Array(UserId, { maxItems: MAX_MEMBERS }),
			}),
			response: responses(
				200,
				Type.Object({ id: Type.String(), name: Type.String(), members: Type.Array(Type.String()) }),
			),
		},
		handler: async (request, reply) => {
			const stored = await services.directory.putGroup(appOf(request).tenant, {
				id: request.params.group_id,
				name: request.body.name,
				members: [...new Set(request.body.members)],
			});
			return stored.ok ? reply.send(stored.value) : sendRefusal(reply, stored.refusal);
		},
	});
}
