import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { PathId, Retries, WorkerId } from '../fields.ts';
import { ReportedJobSchema, reportJob } from '../job-reports.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';

const MAX_RETRY_AFTER_MS = 30 * 24 * 3_600_000;

export function failJob(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/jobs/:job_id/fail', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'failJob',
			summary: 'Say that the work failed; it can be taken again while it has retries',
			description: 'Without `retries` it has one less than before. At 0 it rests until somebody sets its retries.',
			tags: ['Jobs'],
			params: Type.Object({ job_id: PathId }),
			body: Type.Object({
				worker_id: WorkerId,
				message: Type.String({ maxLength: 4000, description: 'what went wrong: a string of at most 4000 characters' }),
				retries: Type.Optional(Retries),
				retry_after_ms: Type.Optional(
					Type.Integer({
						minimum: 0,
						maximum: MAX_RETRY_AFTER_MS,
						description: 'milliseconds until it can be taken again, a whole number from 0 to 30 days; 0 without it',
					}),
				),
			}),
			response: responses(200, ReportedJobSchema),
		},
		handler: (request, reply) =>
			reportJob(request, reply, request.params.job_id, (named) =>
				services.jobs.fail({
					...named,
					worker: request.body.worker_id,
					message: request.body.message,
					retries: request.body.retries ?? null,
					retryAfterMs: request.body.retry_after_ms ?? 0,
				}),
			),
	});
}
