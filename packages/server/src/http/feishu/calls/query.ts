import Type from 'typebox';
import type { QueriedTask } from '../../../services.ts';
import { defineCall, invalid, success } from '../call.ts';
import { Id, idText, numberText, numberWithin } from '../fields.ts';
import { LabelSchema, labels } from '../labels.ts';

const MAX_LIMIT = 50;
const MAX_OFFSET = 100_000;
const MAX_TIME_MS = Number.MAX_SAFE_INTEGER;

const QueryData = Type.Object({
	count: Type.String({ description: 'a number as a string, exact up to a limit' }),
	tasks: Type.Array(
		Type.Object({
			task_id: Type.String(),
			task_start_time: Type.String({ description: 'milliseconds since 1970' }),
			workflow_instance: Type.Object({
				id: Type.String(),
				label: Type.Array(LabelSchema),
				status: Type.String(),
			}),
			initiator: Type.Object({ user_id: Type.String(), name: Type.String() }),
			summarys: Type.Array(Type.Object({ file_key: LabelSchema, file_value: Type.Array(LabelSchema) })),
		}),
	),
});

export const queryCall = defineCall({
	name: 'user_task.query',
	path: '/apaas/v1/user_task/query',
	summary: '查询人工任务 Tasks of a user',
	scope: 'app_engine:approval:read',
	body: Type.Object({
		kunlun_user_id: Id,
		type: Type.Optional(Type.Union([Type.Literal('pending'), Type.Literal('archived')])),
		source: Type.Optional(Type.Union([Type.Literal('fromMe'), Type.Literal('assignMe'), Type.Literal('CCMe')])),
		limit: Type.Optional(numberText(1, MAX_LIMIT)),
		offset: Type.Optional(numberText(0, MAX_OFFSET)),
		start_time: Type.Optional(numberText(0, MAX_TIME_MS)),
		end_time: Type.Optional(numberText(0, MAX_TIME_MS)),
		api_ids: Type.Optional(
			Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
				minItems: 1,
				maxItems: 100,
				description: 'a list of 1 to 100 flow ids',
			}),
		),
	}),
	data: QueryData,
	async answer({ services, app }, body) {
		const limit = numberWithin(body.limit ?? MAX_LIMIT, 1, MAX_LIMIT);
		if (limit === null) return invalid('limit', `a number from 1 to ${MAX_LIMIT}, as a string`, String(body.limit));
		const offset = numberWithin(body.offset ?? 0, 0, MAX_OFFSET);
		if (offset === null) return invalid('offset', `a number up to ${MAX_OFFSET}, as a string`, String(body.offset));
		const page = await services.tasks.query(app.tenant, {
			user: idText(body.kunlun_user_id),
			type: body.type ?? null,
			source: body.source ?? null,
			limit,
			offset,
			startTime: timeOf(body.start_time),
			endTime: timeOf(body.end_time),
			flowIds: body.api_ids ?? null,
		});
		return success({ count: String(page.count), tasks: page.tasks.map(taskFields) });
	},
});

function timeOf(text: string | number | undefined): number | null {
	return text === undefined ? null : Math.min(Number(text), MAX_TIME_MS);
}

function taskFields(task: QueriedTask) {
	return {
		task_id: task.id,
		task_start_time: String(task.openedAt),
		workflow_instance: {
			id: task.instance,
			label: labels(`${task.flowName} - ${task.nodeName}`),
			status: task.instanceStatus,
		},
		initiator: { user_id: task.initiator.id, name: task.initiator.name },
		summarys: Object.entries(task.summary).map(([name, text]) => ({
			// Feishu's own shape: the key in one language, the value in a list of them.
			file_key: { language_code: '2052', text: name },
			file_value: labels(text),
		})),
	};
}
