import { cutText } from '@sendback/engine/cut-text.ts';
import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import type { Idempotency } from '../../../services.ts';
import { fingerprint, MAX_KEY_LENGTH } from '../../idempotency.ts';
import { type CallRequest, defineCall, invalid, refused, success } from '../call.ts';
import { OPERATOR_EXPECTED, PARAMS_EXPECTED, parseOperator, parseParams } from '../flow-input.ts';

const ExecuteData = Type.Object({
	status: Type.String(),
	out_params: Type.String({ description: 'a JSON list; the value of _flowExecutionID is a number' }),
	execution_id: Type.String({ description: 'the instance' }),
	code: Type.String(),
	error_msg: Type.String(),
});

export const executeCall = defineCall({
	name: 'application.flow.execute',
	path: '/apaas/v1/applications/:namespace/flows/:flow_id/execute',
	summary: '发起流程 Start an instance of a flow',
	scope: 'app_engine:flow:write',
	body: Type.Object({
		operator: Type.Unknown({ description: OPERATOR_EXPECTED }),
		params: Type.Optional(Type.Unknown({ description: PARAMS_EXPECTED })),
		is_async: Type.Optional(Type.Boolean()),
		idempotent_key: Type.Optional(Type.String({ maxLength: MAX_KEY_LENGTH })),
		loop_masks: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 20 })),
	}),
	data: ExecuteData,
	async answer(request, body) {
		const { services, app, path } = request;
		const operator = parseOperator(body.operator);
		if (operator === null) return invalid('operator', OPERATOR_EXPECTED, asText(body.operator));
		const variables = parseParams(body.params);
		if (variables === null) return invalid('params', PARAMS_EXPECTED, asText(body.params));
		const initiator = operator.id ?? (await services.directory.findUserByEmail(app.tenant, operator.email))?.id ?? null;
		if (initiator === null) return refused(refuse('user-unknown', { email: operator.email ?? '' }));
		const key = body.idempotent_key ?? '';
		const started = await services.commands.start({
			tenant: app.tenant,
			namespace: path.namespace ?? '',
			flowId: path.flow_id ?? '',
			initiator,
			variables,
			businessKey: null,
			idempotency: key === '' ? request.idempotency : flowIdempotency(request, key, body),
		});
		// Feishu treats a repeat of `idempotent_key` as an error, unlike the repeat of an Idempotency-Key header, and whatever
		// else is in the body.
		const repeated = started.ok ? started.value.repeated : started.refusal.code === 'idempotency-key-reused';
		if (repeated && key !== '') return refused(refuse('idempotency-key-repeated', { key }));
		if (!started.ok) return refused(started.refusal);
		const { instance } = started.value;
		return success({
			// The call runs the flow up to its open tasks and commits it before it answers, so its execution has ended.
			status: 'end',
			out_params: JSON.stringify([{ api_name: '_flowExecutionID', value: Number(instance) }]),
			execution_id: instance,
			code: '',
			error_msg: '',
		});
	},
});

function flowIdempotency({ app, path }: CallRequest, key: string, body: unknown): Idempotency {
	return {
		// The space keeps it apart from every Idempotency-Key header, which has none.
		key: `${app.id}:flow ${key}`,
		fingerprint: fingerprint({ method: 'execute', path: `${path.namespace}/${path.flow_id}`, body }),
	};
}

function asText(value: unknown): string {
	return cutText(typeof value === 'string' ? value : JSON.stringify(value), 200);
}
