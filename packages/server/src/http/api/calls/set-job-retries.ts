import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { PathId, Retries } from '../fields.ts';
import { ReportedJobSchema, reportJob } from '../job-reports.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';

export function setJobRetries(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/jobs/:job_id/retries', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'setJobRetries',
			summary: 'Set how often work is tried: 1 or more lets work that rests be taken again',
			tags: ['Jobs'],
			params: Type.Object({ job_id: PathId }),
			body: Type.Object({ retries: Retries }),
			response: responses(200, ReportedJobSchema),
		},
		handler: (request, reply) =>
			reportJob(request, reply, request.params.job_id, (named) =>
				services.jobs.setRetries(named.tenant, named.job, request.body.retries),
			),
	});
}
