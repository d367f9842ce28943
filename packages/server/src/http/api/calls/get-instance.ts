import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { modelsOfScopes } from '../called-models.ts';
import { PathId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { InstanceSchema, instanceView } from '../views/instance-view.ts';

export function getInstance(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/instances/:instance_id', {
		config: { scope: 'app_engine:approval:read' },
		schema: {
			operationId: 'getInstance',
			summary: 'An instance: where it is, its variables and its tasks',
			tags: ['Instances'],
			params: Type.Object({ instance_id: PathId }),
			querystring: Type.Object({
				tasks: Type.Optional(
					Type.Union([Type.Literal('open'), Type.Literal('all')], {
						description: 'open (as without it) or all: with the tasks that are closed',
					}),
				),
			}),
			response: responses(200, InstanceSchema),
		},
		handler: async (request, reply) => {
			const { tenant } = appOf(request);
			const id = request.params.instance_id;
			const instance = isDecimalId(id) ? await services.instances.find(tenant, id) : null;
			if (instance === null) return sendRefusal(reply, refuse('instance-unknown', { instance: id }));
			const tasks = request.query.tasks === 'all' ? await services.tasks.ofInstance(tenant, id) : null;
			const modelOf = await modelsOfScopes(services.flows, tenant, instance);
			return reply.send(instanceView(instance, tasks, modelOf));
		},
	});
}
