import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { WorkerId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { responses } from '../responses.ts';
import { JobSchema, jobView } from '../views/job-view.ts';

const DEFAULT_LOCK_MS = 60_000;
const MAX_LOCK_MS = 24 * 3_600_000;
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const MAX_TOPICS = 100;

export function fetchJobs(http: NativeHttp, { services }: HttpContext): void {
	http.post('/api/v1/jobs/fetch', {
		config: { scope: 'sendback:worker' },
		schema: {
			operationId: 'fetchJobs',
			summary: 'Take work of service tasks, locked for this worker',
			description: 'A lock ends by itself; then the work can be taken again, by any worker. Answers at once.',
			tags: ['Jobs'],
			body: Type.Object({
				worker_id: WorkerId,
				topics: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: MAX_TOPICS }),
				lock_ms: Type.Optional(
					Type.Integer({
						minimum: 1,
						maximum: MAX_LOCK_MS,
						description: `for how many milliseconds, a whole number from 1 to a day; ${DEFAULT_LOCK_MS} without it`,
					}),
				),
				limit: Type.Optional(
					Type.Integer({
						minimum: 1,
						maximum: MAX_LIMIT,
						description: `how many at most, a whole number from 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} without it`,
					}),
				),
			}),
			response: responses(200, Type.Object({ items: Type.Array(JobSchema) })),
		},
		handler: async (request, reply) => {
			const { worker_id, topics, lock_ms, limit } = request.body;
			const jobs = await services.jobs.fetch({
				tenant: appOf(request).tenant,
				worker: worker_id,
				topics: [...new Set(topics)],
				lockMs: lock_ms ?? DEFAULT_LOCK_MS,
				limit: limit ?? DEFAULT_LIMIT,
			});
			return reply.send({ items: jobs.map(jobView) });
		},
	});
}
