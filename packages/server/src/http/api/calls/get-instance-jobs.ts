import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { PathId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { PageQuery, readPage } from '../paging.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { JobPageSchema, jobPageView } from '../views/job-view.ts';

export function getInstanceJobs(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/instances/:instance_id/jobs', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'getInstanceJobs',
			summary: 'The work of an instance that is not done: who has it, and why it failed',
			tags: ['Jobs'],
			params: Type.Object({ instance_id: PathId }),
			querystring: Type.Object(PageQuery),
			response: responses(200, JobPageSchema),
		},
		handler: async (request, reply) => {
			const { tenant } = appOf(request);
			const id = request.params.instance_id;
			const isKnown = isDecimalId(id) && (await services.instances.find(tenant, id)) !== null;
			if (!isKnown) return sendRefusal(reply, refuse('instance-unknown', { instance: id }));
			const { limit, after } = readPage(request.query);
			// One more than asked for says whether there is a next page.
			const jobs = await services.jobs.ofInstance(tenant, id, { after, limit: limit + 1 });
			return reply.send(jobPageView(jobs, limit));
		},
	});
}
