import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { PathId, Variables, WorkerId } from '../fields.ts';
import { ReportedJobSchema, reportJob } from '../job-reports.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';

export function completeJob(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/jobs/:job_id/complete', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'completeJob',
			summary: 'Say that the work is done',
			tags: ['Jobs'],
			params: Type.Object({ job_id: PathId }),
			body: Type.Object({ worker_id: WorkerId, variables: Type.Optional(Variables) }),
			response: responses(200, ReportedJobSchema),
		},
		handler: (request, reply) =>
			reportJob(request, reply, request.params.job_id, (named) =>
				services.jobs.complete({
					...named,
					worker: request.body.worker_id,
					// Parsed from JSON, so every value in it is a JSON value.
					variables: (request.body.variables ?? {}) as EngineVariables,
				}),
			),
	});
}
