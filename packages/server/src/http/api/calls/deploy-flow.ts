import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { FlowId, Namespace } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendNotDeployed } from '../not-deployed.ts';
import { responses } from '../responses.ts';
import { ModelProblemSchema, modelProblemView } from '../views/flow-view.ts';

export function deployFlow(http: NativeHttp, { services }: HttpContext): void {
	http.put('/api/v1/applications/:namespace/flows/:flow_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'deployFlow',
			summary: 'Deploy a new version of a flow',
			description:
				'The same XML again is the same version. A model that cannot run is refused whole, with `errors`. It is explored before it is taken; what can go wrong is among the `warnings`, with the path to it.',
			tags: ['Flows'],
			consumes: ['application/xml'],
			params: Type.Object({ namespace: Namespace, flow_id: FlowId }),
			querystring: Type.Object({
				strict: Type.Optional(
					Type.Union([Type.Literal('true'), Type.Literal('false')], {
						description: 'true: what the verifier finds refuses the model; false (as without it): it is a warning',
					}),
				),
			}),
			body: Type.String({ minLength: 1, description: 'BPMN 2.0 XML with one executable process' }),
			response: responses(
				200,
				Type.Object({
					namespace: Type.String(),
					flow_id: Type.String(),
					version: Type.Integer(),
					warnings: Type.Array(ModelProblemSchema),
				}),
			),
		},
		handler: async (request, reply) => {
			const { namespace, flow_id } = request.params;
			const { tenant } = appOf(request);
			const strict = request.query.strict === 'true';
			const deployment = await services.flows.deploy(tenant, namespace, flow_id, request.body, { strict });
			if (!deployment.ok) return sendNotDeployed(reply, deployment);
			const warnings = deployment.warnings.map(modelProblemView);
			return reply.send({ namespace, flow_id, version: deployment.version, warnings });
		},
	});
}
