import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { readIdempotencyKey } from '../../idempotency.ts';
import { appOf } from '../../request-app.ts';
import { EventName, Variables } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { DeliverySchema, deliveryView } from '../views/delivery-view.ts';

export function sendSignal(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/signals', {
		config: { scope: 'sendback:admin', takesKey: true },
		schema: {
			operationId: 'sendSignal',
			summary: 'Send a signal to everything that waits for it, in every instance',
			description: 'Flows with a start event of this signal start. That nobody listens is no error.',
			tags: ['Events'],
			body: Type.Object({ name: EventName, variables: Type.Optional(Variables) }),
			response: responses(200, DeliverySchema),
		},
		handler: async (request, reply) => {
			const key = readIdempotencyKey(request);
			if (!key.ok) return sendProblem(reply, 'idempotency-key-invalid', { detail: key.reason });
			const sent = await services.events.broadcast({
				tenant: appOf(request).tenant,
				name: request.body.name,
				// Parsed from JSON, so every value in it is a JSON value.
				variables: (request.body.variables ?? {}) as EngineVariables,
				idempotency: key.idempotency,
			});
			return sent.ok ? reply.send(deliveryView(sent.value)) : sendRefusal(reply, sent.refusal);
		},
	});
}
