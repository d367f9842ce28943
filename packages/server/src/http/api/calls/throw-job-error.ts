import type { Variables as EngineVariables } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { PathId, Variables, WorkerId } from '../fields.ts';
import { ReportedJobSchema, reportJob } from '../job-reports.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';

export function throwJobError(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/jobs/:job_id/error', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'throwJobError',
			summary: 'End the work in a BPMN error, which the model catches',
			description: 'Refused where nothing in the model catches it; then the work is as it was.',
			tags: ['Jobs'],
			params: Type.Object({ job_id: PathId }),
			body: Type.Object({
				worker_id: WorkerId,
				code: Type.String({ minLength: 1, maxLength: 255 }),
				variables: Type.Optional(Variables),
			}),
			response: responses(200, ReportedJobSchema),
		},
		handler: (request, reply) =>
			reportJob(request, reply, request.params.job_id, (named) =>
				services.jobs.throwError({
					...named,
					worker: request.body.worker_id,
					code: request.body.code,
					// Parsed from JSON, so every value in it is a JSON value.
					variables: (request.body.variables ?? {}) as EngineVariables,
				}),
			),
	});
}
