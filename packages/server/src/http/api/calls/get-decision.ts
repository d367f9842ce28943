import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { DecisionId, Namespace, VersionQuery } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { DecisionSchema, decisionView } from '../views/decision-view.ts';

export function getDecision(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/applications/:namespace/decisions/:decision_id', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'getDecision',
			summary: 'A decision: definition and XML',
			tags: ['Decisions'],
			params: Type.Object({ namespace: Namespace, decision_id: DecisionId }),
			querystring: VersionQuery,
			response: responses(200, DecisionSchema),
		},
		handler: async (request, reply) => {
			const { namespace, decision_id } = request.params;
			const version = request.query.version === undefined ? null : Number(request.query.version);
			const decision = await services.decisions.find(appOf(request).tenant, namespace, decision_id, version);
			if (decision === null) return sendRefusal(reply, refuse('decision-unknown', { namespace, decision_id }));
			return reply.send(decisionView(decision));
		},
	});
}
