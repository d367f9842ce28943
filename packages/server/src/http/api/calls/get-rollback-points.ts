import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { PathId, Time, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { PageQuery, pageOf, readPage } from '../paging.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { isoTime } from '../times.ts';

/** A loop can have any number of visits, and each page is looked for from the newest on. */
const LISTED = 1_000;

const PointSchema = Type.Object({
	id: Type.String({ description: 'the completed task to return to' }),
	node_id: Type.String(),
	node_name: Type.String(),
	is_start: Type.Boolean(),
	completed_by: Type.String(),
	completed_at: Time,
});

const PointsSchema = Type.Object({
	...pageOf(PointSchema).properties,
	truncated: Type.Boolean({
		description: `true on the last page where there are older points than the ${LISTED} newest, which are not listed`,
	}),
});

export function getRollbackPoints(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/tasks/:task_id/rollback-points', {
		config: { scope: 'app_engine:approval:read', readsTogether: true },
		schema: {
			operationId: 'getRollbackPoints',
			summary: 'Where an open task can be sent back to, newest first',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			querystring: Type.Object({
				user_id: UserId,
				occurrences: Type.Optional(
					Type.Union([Type.Literal('latest'), Type.Literal('all')], {
						description: 'of a node visited several times: the latest visit (as without it) or all',
					}),
				),
				...PageQuery,
			}),
			response: responses(200, PointsSchema),
		},
		handler: async (request, reply) => {
			const task = request.params.task_id;
			if (!isDecimalId(task)) return sendRefusal(reply, refuse('task-unknown', { task }));
			const { user_id, occurrences } = request.query;
			const { tenant } = appOf(request);
			const { limit, after } = readPage(request.query);
			const end = Math.min(after + limit, LISTED);
			// One more than asked for says whether there is a next page.
			const points = await services.tasks.rollbackPoints(tenant, task, user_id, occurrences ?? 'latest', end + 1);
			if (!points.ok) return sendRefusal(reply, points.refusal);
			const items = points.value.slice(after, end).map((point) => ({
				id: point.id,
				node_id: point.node,
				node_name: point.nodeName,
				is_start: point.isStart,
				completed_by: point.completedBy,
				completed_at: isoTime(point.completedAt),
			}));
			const hasMore = points.value.length > end;
			return reply.send({
				items,
				next_cursor: hasMore && end < LISTED ? String(end) : null,
				truncated: hasMore && end === LISTED,
			});
		},
	});
}
