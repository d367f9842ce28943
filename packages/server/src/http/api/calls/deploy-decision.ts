import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { DecisionId, Namespace } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendNotDeployed } from '../not-deployed.ts';
import { responses } from '../responses.ts';
import { ModelProblemSchema, modelProblemView } from '../views/flow-view.ts';

export function deployDecision(http: NativeHttp, { services }: HttpContext): void {
	http.put('/api/v1/applications/:namespace/decisions/:decision_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'deployDecision',
			summary: 'Deploy a new version of a decision',
			description:
				'The decision of this id, and those of the file that it requires. The same XML again is the same version. What cannot be decided is refused whole, with `errors`.',
			tags: ['Decisions'],
			consumes: ['application/xml'],
			params: Type.Object({ namespace: Namespace, decision_id: DecisionId }),
			body: Type.String({ minLength: 1, description: 'DMN XML' }),
			response: responses(
				200,
				Type.Object({
					namespace: Type.String(),
					decision_id: Type.String(),
					version: Type.Integer(),
					warnings: Type.Array(ModelProblemSchema),
				}),
			),
		},
		handler: async (request, reply) => {
			const { namespace, decision_id } = request.params;
			const { tenant } = appOf(request);
			const deployment = await services.decisions.deploy(tenant, namespace, decision_id, request.body);
			if (!deployment.ok) return sendNotDeployed(reply, deployment);
			const warnings = deployment.warnings.map(modelProblemView);
			return reply.send({ namespace, decision_id, version: deployment.version, warnings });
		},
	});
}
