import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { readIdempotencyKey } from '../../idempotency.ts';
import { appOf } from '../../request-app.ts';
import { FlowId, InstanceStatusWord, Namespace, nullable, UserId, Variables } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';

export function startInstance(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/instances', {
		config: { scope: 'app_engine:flow:write' },
		schema: {
			operationId: 'startInstance',
			summary: 'Start an instance of the latest version of a flow',
			tags: ['Instances'],
			body: Type.Object({
				namespace: Namespace,
				flow_id: FlowId,
				initiator_id: UserId,
				variables: Type.Optional(Variables),
				business_key: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
			}),
			response: responses(
				201,
				Type.Object({
					id: Type.String(),
					namespace: Type.String(),
					flow_id: Type.String(),
					status: InstanceStatusWord,
					initiator_id: Type.String(),
					business_key: nullable(Type.String()),
					tasks: Type.Array(Type.Object({ id: Type.String(), node_id: Type.String() }), {
						description: 'the tasks that are open now',
					}),
					repeated: Type.Boolean(),
				}),
			),
		},
		handler: async (request, reply) => {
			const { body } = request;
			const key = readIdempotencyKey(request);
			if (!key.ok) return sendProblem(reply, 'idempotency-key-invalid', { detail: key.reason });
			const businessKey = body.business_key ?? null;
			const started = await services.commands.start({
				tenant: appOf(request).tenant,
				namespace: body.namespace,
				flowId: body.flow_id,
				initiator: body.initiator_id,
				// Parsed from JSON, so every value in it is a JSON value.
				variables: (body.variables ?? {}) as EngineVariables,
				businessKey,
				idempotency: key.idempotency,
			});
			if (!started.ok) return sendRefusal(reply, started.refusal);
			const { instance, status, opened, repeated } = started.value;
			return reply
				.code(201)
				.header('location', `/api/v1/instances/${instance}`)
				.send({
					id: instance,
					namespace: body.namespace,
					flow_id: body.flow_id,
					status,
					initiator_id: body.initiator_id,
					business_key: businessKey,
					tasks: opened.map(({ id, node }) => ({ id, node_id: node })),
					repeated,
				});
		},
	});
}
