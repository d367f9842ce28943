/** The story of ../story.md told by the official Node SDK. */
import * as lark from '@larksuiteoapi/node-sdk';
import {
	FINANCE,
	FLOW_ID,
	INITIATOR,
	isDecimalString,
	MANAGER,
	NAMESPACE,
	requiredEnvironment,
	tell,
	untilFound,
} from './checks.mjs';

const domain = requiredEnvironment('SENDBACK_URL');
const appId = requiredEnvironment('SENDBACK_APP_ID');
const appSecret = requiredEnvironment('SENDBACK_APP_SECRET');
// The SDK logs every refusal it throws, and refusals are expected here. A level would not do: `fatal` is 0, which it takes for unset.
const silence = () => {};
const quiet = { domain, logger: { error: silence, warn: silence, info: silence, debug: silence, trace: silence } };

const managed = new lark.Client({ appId, appSecret, ...quiet });
const explicit = new lark.Client({ appId, appSecret, disableTokenCache: true, ...quiet });
const noScope = new lark.Client({
	appId: requiredEnvironment('SENDBACK_NO_SCOPE_APP_ID'),
	appSecret: requiredEnvironment('SENDBACK_NO_SCOPE_APP_SECRET'),
	...quiet,
});

/** The SDK throws on a non-2xx answer; a check wants to see it instead. */
async function refused(call) {
	try {
		return { status: 200, body: await call };
	} catch (error) {
		if (!error.response) throw error;
		const { status, data, headers } = error.response;
		return { status, body: data, logIdHeader: headers['x-tt-logid'] };
	}
}

async function pendingTask(userId, instanceId, previousTaskId) {
	const response = await managed.apaas.v1.userTask.query({
		data: { kunlun_user_id: userId, type: 'pending', source: 'assignMe', limit: '50', offset: '0' },
	});
	const task = response.data?.tasks?.find(
		(candidate) => candidate.workflow_instance?.id === instanceId && candidate.task_id !== previousTaskId,
	);
	const wellFormed = isDecimalString(response.data?.count) && isDecimalString(task?.task_id);
	return { found: task && wellFormed ? task.task_id : undefined, seen: response };
}

const agree = (taskId, userId) =>
	managed.apaas.v1.approvalTask.agree({
		path: { approval_task_id: taskId },
		data: { user_id: userId, opinion: '同意' },
	});

async function execute(report, name) {
	const response = await managed.apaas.v1.applicationFlow.execute({
		path: { namespace: NAMESPACE, flow_id: FLOW_ID },
		data: { operator: JSON.stringify({ _id: INITIATOR }), is_async: false },
	});
	const { execution_id: id, code } = response.data ?? {};
	return report.needed(name, isDecimalString(id) && typeof code === 'string' ? id : undefined, response);
}

async function waitForTask(report, name, userId, instanceId, previousTaskId) {
	const { found, seen } = await untilFound(() => pendingTask(userId, instanceId, previousTaskId));
	return report.needed(name, found, seen);
}

await tell(async (report) => {
	const token = await explicit.auth.v3.tenantAccessToken.internal({ data: { app_id: appId, app_secret: appSecret } });
	report.needed(
		'explicit token',
		token.code === 0 && /^t-/.test(token.tenant_access_token) && Number.isInteger(token.expire) && token.expire > 180,
		token,
	);

	const main = await execute(report, 'execute main');
	const other = await execute(report, 'execute other');
	const managerTask = await waitForTask(report, 'manager task of main', MANAGER, main);
	const foreignTask = await waitForTask(report, 'manager task of other', MANAGER, other);
	for (const [name, taskId] of Object.entries({ main: managerTask, other: foreignTask })) {
		const agreed = await agree(taskId, MANAGER);
		report.check(`agree ${name}`, agreed.code === 0, agreed);
	}
	const financeTask = await waitForTask(report, 'finance task of main', FINANCE, main);
	const otherFinanceTask = await waitForTask(report, 'finance task of other', FINANCE, other);

	const points = await managed.apaas.v1.userTask.rollbackPoints({
		path: { task_id: financeTask },
		data: { operator_user_id: FINANCE },
	});
	const point = points.data?.tasks?.find((candidate) => candidate.id === managerTask);
	report.needed('rollback points', point && point.is_start === false, points);

	const rollback = (client, data, ...options) =>
		client.apaas.v1.userTask.rollback({ path: { task_id: financeTask }, data }, ...options);
	const body = { operator_user_id: FINANCE, to_task_id: managerTask, opinion: '退回原因' };

	report.refusal('missing token', await refused(rollback(explicit, body)), 99991661);
	report.refusal('missing scope', await refused(rollback(noScope, body)), 99991672, (error) =>
		error.permission_violations?.some(
			(violation) => violation.type === 'action_scope_required' && violation.subject === 'app_engine:approval:write',
		),
	);
	const { opinion: _omitted, ...withoutOpinion } = body;
	report.refusal('missing field', await refused(rollback(managed, withoutOpinion)), 99992402, (error) =>
		error.field_violations?.some((violation) => violation.field === 'opinion'),
	);
	report.refusal('foreign point', await refused(rollback(managed, { ...body, to_task_id: foreignTask })), 2320001);

	const rolledBack = await refused(
		explicit.apaas.v1.userTask.rollback(
			{
				path: { task_id: financeTask },
				data: { operator_user_id: FINANCE, to_task_id: managerTask, opinion: '退回原因' },
			},
			lark.withTenantToken(token.tenant_access_token),
		),
	);
	report.needed('rollback', rolledBack.status === 200 && rolledBack.body.code === 0, rolledBack);

	const gone = await pendingTask(FINANCE, main);
	report.check('finance task is gone', gone.seen.code === 0 && gone.found === undefined, gone.seen);
	const newManagerTask = await waitForTask(report, 'new manager task', MANAGER, main, managerTask);
	report.refusal('stale task', await refused(rollback(managed, body)), 2320001);

	const agreedAgain = await agree(newManagerTask, MANAGER);
	report.check('agree again', agreedAgain.code === 0, agreedAgain);
	const newFinanceTask = await waitForTask(report, 'new finance task', FINANCE, main, financeTask);
	for (const [name, taskId] of Object.entries({ main: newFinanceTask, other: otherFinanceTask })) {
		const finished = await agree(taskId, FINANCE);
		report.check(`finish ${name}`, finished.code === 0, finished);
	}
});
