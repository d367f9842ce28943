import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import type { NativeHttp } from '../native-http.ts';
import { PageQuery, readPage } from '../paging.ts';
import { responses } from '../responses.ts';
import { JobPageSchema, jobPageView } from '../views/job-view.ts';

export function getJobsAtRest(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/jobs/at-rest', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'getJobsAtRest',
			summary: 'Work that failed as often as it may, of all instances, and waits until somebody sets its retries',
			tags: ['Jobs'],
			querystring: Type.Object(PageQuery),
			response: responses(200, JobPageSchema),
		},
		handler: async (request, reply) => {
			const { limit, after } = readPage(request.query);
			// One more than asked for says whether there is a next page.
			const jobs = await services.jobs.atRest(appOf(request).tenant, { after, limit: limit + 1 });
			return reply.send(jobPageView(jobs, limit));
		},
	});
}
