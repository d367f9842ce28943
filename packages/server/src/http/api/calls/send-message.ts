import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { readIdempotencyKey } from '../../idempotency.ts';
import { appOf } from '../../request-app.ts';
import { DecimalId, EventName, Key, nullable, Variables } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { DeliverySchema, deliveryView } from '../views/delivery-view.ts';

export function sendMessage(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/messages', {
		config: { scope: 'sendback:admin', takesKey: true },
		schema: {
			operationId: 'sendMessage',
			summary: 'Send a message to what waits for it',
			description:
				'To one instance, to those of a business key, or to those whose correlation key it is. Where nothing waits, flows with a start event of this message start.',
			tags: ['Events'],
			body: Type.Object({
				name: EventName,
				instance_id: Type.Optional(nullable(DecimalId)),
				business_key: Type.Optional(nullable(Key)),
				correlation_key: Type.Optional(nullable(Key)),
				variables: Type.Optional(Variables),
			}),
			response: responses(200, DeliverySchema),
		},
		handler: async (request, reply) => {
			const { body } = request;
			const key = readIdempotencyKey(request);
			if (!key.ok) return sendProblem(reply, 'idempotency-key-invalid', { detail: key.reason });
			const instance = body.instance_id ?? null;
			if (instance !== null && !isDecimalId(instance)) {
				return sendRefusal(reply, refuse('instance-unknown', { instance }));
			}
			const sent = await services.events.correlate({
				tenant: appOf(request).tenant,
				name: body.name,
				instance,
				businessKey: body.business_key ?? null,
				key: body.correlation_key ?? null,
				// Parsed from JSON, so every value in it is a JSON value.
				variables: (body.variables ?? {}) as EngineVariables,
				idempotency: key.idempotency,
			});
			if (!sent.ok) return sendRefusal(reply, sent.refusal);
			const { delivered, started } = sent.value;
			// A message is meant for somebody, unlike a signal: who sends one has to know that it was lost.
			if (delivered.length + started.length === 0) {
				return sendProblem(reply, 'message-not-awaited', { details: { name: body.name } });
			}
			return reply.send(deliveryView(sent.value));
		},
	});
}
