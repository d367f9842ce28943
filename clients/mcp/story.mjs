/**
 * The story of ../story.md told through the official `lark-mcp` server: JSON-RPC over stdio, one line a message.
 * It starts lark-mcp twice, once for each spelling of the tool names that its users meet.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
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
} from '../node/checks.mjs';
import { larkMcp } from '../node/lark-mcp.mjs';

const url = requiredEnvironment('SENDBACK_URL');

const TOOLS = {
	execute: { snake: 'apaas_v1_applicationFlow_execute', camel: 'apaasV1ApplicationFlowExecute' },
	query: { snake: 'apaas_v1_userTask_query', camel: 'apaasV1UserTaskQuery' },
	agree: { snake: 'apaas_v1_approvalTask_agree', camel: 'apaasV1ApprovalTaskAgree' },
	rollbackPoints: { snake: 'apaas_v1_userTask_rollbackPoints', camel: 'apaasV1UserTaskRollbackPoints' },
	rollback: { snake: 'apaas_v1_userTask_rollback', camel: 'apaasV1UserTaskRollback' },
};
const toolList = Object.values(TOOLS)
	.map((names) => names.snake.replaceAll('_', '.'))
	.join(',');

async function connect({ appId, appSecret, nameCase }) {
	const server = spawn(
		process.execPath,
		// biome-ignore format: one option a line reads like the command line it is
		[
			larkMcp, 'mcp',
			'-a', appId,
			'-s', appSecret,
			'-d', url,
			'-t', toolList,
			'-c', nameCase,
			'--token-mode', 'tenant_access_token',
			'-m', 'stdio',
		],
		{ stdio: ['pipe', 'pipe', 'ignore'] },
	);
	const waiting = new Map();
	let lastId = 0;
	createInterface({ input: server.stdout }).on('line', (line) => {
		// lark-mcp may print a notice between messages; only answers matter.
		if (!line.startsWith('{')) return;
		const message = JSON.parse(line);
		waiting.get(message.id)?.resolve(message);
		waiting.delete(message.id);
	});
	server.on('exit', (code) => {
		for (const { reject } of waiting.values()) reject(new Error(`lark-mcp ended with code ${code}`));
	});
	const send = (message) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
	const request = (method, params) =>
		new Promise((resolve, reject) => {
			lastId += 1;
			waiting.set(lastId, { resolve, reject });
			send({ id: lastId, method, params });
		});
	await request('initialize', {
		protocolVersion: '2025-03-26',
		capabilities: {},
		clientInfo: { name: 'sendback-clients', version: '1.0.0' },
	});
	send({ method: 'notifications/initialized' });
	return {
		listTools: async () => (await request('tools/list', {})).result.tools.map((tool) => tool.name),
		/** lark-mcp passes on the `data` of a success and the whole body of a refusal, both as text. */
		async call(tool, params) {
			const message = await request('tools/call', { name: TOOLS[tool][nameCase], arguments: params });
			const text = message.result?.content?.[0]?.text ?? message.error?.message ?? '';
			let body = text;
			try {
				body = JSON.parse(text);
			} catch {
				// A refusal by lark-mcp itself is a sentence, not JSON.
			}
			return { isError: Boolean(message.error ?? message.result?.isError), body };
		},
		close: () => server.kill(),
	};
}

const app = { appId: requiredEnvironment('SENDBACK_APP_ID'), appSecret: requiredEnvironment('SENDBACK_APP_SECRET') };
const appWithoutScope = {
	appId: requiredEnvironment('SENDBACK_NO_SCOPE_APP_ID'),
	appSecret: requiredEnvironment('SENDBACK_NO_SCOPE_APP_SECRET'),
};

async function story(report, snake, camel, noScope) {
	const toolNames = { snake: await snake.listTools(), camel: await camel.listTools() };
	for (const [nameCase, names] of Object.entries(toolNames)) {
		report.check(`tool name in ${nameCase} form`, names.includes(TOOLS.rollback[nameCase]), names);
	}

	async function pendingTask(userId, instanceId, previousTaskId) {
		const answer = await snake.call('query', {
			data: { kunlun_user_id: userId, type: 'pending', source: 'assignMe', limit: '50', offset: '0' },
		});
		const task = answer.body.tasks?.find(
			(candidate) => candidate.workflow_instance?.id === instanceId && candidate.task_id !== previousTaskId,
		);
		const wellFormed = isDecimalString(answer.body.count) && isDecimalString(task?.task_id);
		return { found: task && wellFormed ? task.task_id : undefined, seen: answer };
	}
	async function waitForTask(name, userId, instanceId, previousTaskId) {
		const { found, seen } = await untilFound(() => pendingTask(userId, instanceId, previousTaskId));
		return report.needed(name, found, seen);
	}
	async function execute(name) {
		const answer = await snake.call('execute', {
			path: { namespace: NAMESPACE, flow_id: FLOW_ID },
			data: { operator: JSON.stringify({ _id: INITIATOR }), is_async: false },
		});
		const { execution_id: id, code } = answer.body;
		return report.needed(
			name,
			!answer.isError && isDecimalString(id) && typeof code === 'string' ? id : undefined,
			answer,
		);
	}
	async function agree(name, taskId, userId) {
		const answer = await snake.call('agree', {
			path: { approval_task_id: taskId },
			data: { user_id: userId, opinion: '同意' },
		});
		report.check(name, !answer.isError, answer);
	}

	const main = await execute('execute main');
	const other = await execute('execute other');
	const managerTask = await waitForTask('manager task of main', MANAGER, main);
	const foreignTask = await waitForTask('manager task of other', MANAGER, other);
	await agree('agree main', managerTask, MANAGER);
	await agree('agree other', foreignTask, MANAGER);
	const financeTask = await waitForTask('finance task of main', FINANCE, main);
	const otherFinanceTask = await waitForTask('finance task of other', FINANCE, other);

	const points = await snake.call('rollbackPoints', {
		path: { task_id: financeTask },
		data: { operator_user_id: FINANCE },
	});
	const point = points.body.tasks?.find((candidate) => candidate.id === managerTask);
	report.needed('rollback points', point && point.is_start === false, points);

	const body = { operator_user_id: FINANCE, to_task_id: managerTask, opinion: '退回原因' };
	const rollback = (client, data) => client.call('rollback', { path: { task_id: financeTask }, data });
	report.refusal('missing scope', await rollback(noScope, body), 99991672, (error) =>
		error.permission_violations?.some((violation) => violation.subject === 'app_engine:approval:write'),
	);
	const { opinion: _omitted, ...withoutOpinion } = body;
	const unsent = await rollback(snake, withoutOpinion);
	report.check('missing field (stopped by lark-mcp)', unsent.isError && /opinion/.test(JSON.stringify(unsent)), unsent);
	report.refusal('foreign point', await rollback(snake, { ...body, to_task_id: foreignTask }), 2320001);

	const rolledBack = await rollback(camel, body);
	report.needed('rollback', !rolledBack.isError, rolledBack);
	const gone = await pendingTask(FINANCE, main);
	report.check('finance task is gone', !gone.seen.isError && gone.found === undefined, gone.seen);
	const newManagerTask = await waitForTask('new manager task', MANAGER, main, managerTask);
	report.refusal('stale task', await rollback(snake, body), 2320001);

	await agree('agree again', newManagerTask, MANAGER);
	const newFinanceTask = await waitForTask('new finance task', FINANCE, main, financeTask);
	await agree('finish main', newFinanceTask, FINANCE);
	await agree('finish other', otherFinanceTask, FINANCE);
}

await tell(async (report) => {
	const clients = await Promise.all([
		connect({ ...app, nameCase: 'snake' }),
		connect({ ...app, nameCase: 'camel' }),
		connect({ ...appWithoutScope, nameCase: 'snake' }),
	]);
	try {
		await story(report, ...clients);
	} finally {
		for (const client of clients) client.close();
	}
});
