import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { PathId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { PageQuery, pageOf, readPage } from '../paging.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { HistoryEntrySchema, historyEntryView } from '../views/history-view.ts';

export function getHistory(http: NativeHttp, { services }: HttpContext): void {
	http.get('/api/v1/instances/:instance_id/history', {
		config: { scope: 'app_engine:approval:read' },
		schema: {
			operationId: 'getHistory',
			summary: 'The log of an instance, oldest first: what, who, when, and undone by what',
			tags: ['Instances'],
			params: Type.Object({ instance_id: PathId }),
			querystring: Type.Object(PageQuery),
			response: responses(200, pageOf(HistoryEntrySchema)),
		},
		handler: async (request, reply) => {
			const { tenant } = appOf(request);
			const id = request.params.instance_id;
			const { limit, after } = readPage(request.query);
			const page = isDecimalId(id) ? await services.instances.history(tenant, id, after, limit) : null;
			if (page === null) return sendRefusal(reply, refuse('instance-unknown', { instance: id }));
			const last = page.entries.at(-1);
			return reply.send({
				items: page.entries.map(historyEntryView),
				next_cursor: page.hasMore && last !== undefined ? String(last.position) : null,
			});
		},
	});
}
