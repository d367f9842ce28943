import { parseDate } from '@sendback/engine/nodes/iso-8601.ts';
import Type from 'typebox';
import type { User } from '../../../services.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { nullable, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { isoTime } from '../times.ts';

const MAX_DEPARTMENTS = 50;

const UserSchema = Type.Object({
	id: Type.String(),
	name: Type.String(),
	email: nullable(Type.String()),
	manager_id: nullable(Type.String()),
	departments: Type.Array(Type.String()),
	out_of_office: nullable(Type.Object({ until: Type.String(), substitute_id: Type.String() })),
});

export function putUser(http: NativeHttp, { services }: HttpContext): void {
	http.put('/api/v1/users/:user_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'putUser',
			summary: 'Create a user, or replace what is known of one',
			tags: ['Directory'],
			params: Type.Object({ user_id: UserId }),
			body: Type.Object({
				name: Type.String({ minLength: 1, maxLength: 255 }),
				email: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 254 }))),
				manager_id: Type.Optional(nullable(UserId)),
				departments: Type.Optional(
					nullable(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: MAX_DEPARTMENTS })),
				),
				out_of_office: Type.Optional(
					nullable(Type.Object({ until: Type.String({ maxLength: 40 }), substitute_id: UserId })),
				),
			}),
			response: responses(200, UserSchema),
		},
		handler: async (request, reply) => {
			const { body } = request;
			const away = body.out_of_office ?? null;
			const until = away === null ? 0 : parseDate(away.until);
			if (until === null) {
				const problem = {
					field: 'out_of_office.until',
					description: 'expected a time in ISO 8601',
					value: away?.until,
				};
				return sendProblem(reply, 'invalid-request', { errors: [problem] });
			}
			const stored = await services.directory.putUser(appOf(request).tenant, {
				id: request.params.user_id,
				name: body.name,
				email: body.email ?? null,
				managerId: body.manager_id ?? null,
				departments: body.departments ?? [],
				outOfOffice: away === null ? null : { until, substituteId: away.substitute_id },
			});
			return stored.ok ? reply.send(userView(stored.value)) : sendRefusal(reply, stored.refusal);
		},
	});
}

function userView(user: User) {
	const away = user.outOfOffice;
	return {
		id: user.id,
		name: user.name,
		email: user.email,
		manager_id: user.managerId,
		departments: user.departments,
		out_of_office: away === null ? null : { until: isoTime(away.until), substitute_id: away.substituteId },
	};
}
