import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { FlowId, Namespace, VersionQuery } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { FlowSchema, flowView } from '../views/flow-view.ts';

export function getFlow(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/applications/:namespace/flows/:flow_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'getFlow',
			summary: 'A flow: definition, XML and what its verification found',
			tags: ['Flows'],
			params: Type.Object({ namespace: Namespace, flow_id: FlowId }),
			querystring: VersionQuery,
			response: responses(200, FlowSchema),
		},
		handler: async (request, reply) => {
			const { namespace, flow_id } = request.params;
			const version = request.query.version === undefined ? null : Number(request.query.version);
			const flow = await services.flows.find(appOf(request).tenant, namespace, flow_id, version);
			if (flow === null) return sendRefusal(reply, refuse('flow-unknown', { namespace, flow_id }));
			return reply.send(flowView(flow));
		},
	});
}
