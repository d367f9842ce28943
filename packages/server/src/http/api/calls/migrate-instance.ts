import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { Opinion, PathId, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { submitToInstance } from '../task-commands.ts';
import { MigrationSchema, migratedInstanceView, migrationResultView } from '../views/migration-view.ts';

const ElementId = Type.String({ minLength: 1, maxLength: 255 });

export function migrateInstance(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/instances/:instance_id/migrate', {
		config: { scope: 'sendback:admin', takesKey: true },
		schema: {
			operationId: 'migrateInstance',
			summary: 'Move an instance to another version of its flow, or with dry_run only say what that would do',
			description:
				'Everything that is open goes on in the other version, with the same tasks and votes; otherwise it is refused whole, with `errors`, one for each element. Nothing before it can be returned to any more.',
			tags: ['Instances'],
			params: Type.Object({ instance_id: PathId }),
			body: Type.Object({
				version: Type.Optional(
					Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'without it: the latest' }),
				),
				node_map: Type.Optional(
					Type.Record(Type.String(), ElementId, {
						description:
							'ids of nodes, and of sequence flows, in the version that the instance runs, and what they are in the other one; what has the same id and kind needs no entry',
					}),
				),
				user_id: Type.Optional(UserId),
				opinion: Type.Optional(Opinion),
				dry_run: Type.Optional(Type.Boolean()),
			}),
			response: responses(200, MigrationSchema),
		},
		handler: async (request, reply) => {
			const { body } = request;
			const instance = request.params.instance_id;
			const command = {
				type: 'migrate-instance',
				version: body.version ?? null,
				map: body.node_map ?? {},
				user: body.user_id ?? null,
				opinion: body.opinion ?? '',
			} as const;
			if (body.dry_run !== true) {
				return submitToInstance(context, request, reply, instance, command, migrationResultView);
			}
			if (!isDecimalId(instance)) return sendRefusal(reply, refuse('instance-unknown', { instance }));
			const { tenant } = appOf(request);
			const target = { instance };
			const plan = await context.services.commands.previewMigration({ tenant, target, command, idempotency: null });
			return plan.ok ? reply.send(migratedInstanceView(plan.value)) : sendRefusal(reply, plan.refusal);
		},
	});
}
