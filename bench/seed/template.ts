import type { OpenedServices } from '@sendback/server/server.ts';
import type { Answered } from '@sendback/server/services.ts';
import { type ChainFlow, chainXml, NAMESPACE } from '../load/chain-flow.ts';

/** Stands in a template where each copy has a user of its own. */
export const TEMPLATE_USER = 'template-user';

/** Puts the flow and the user of the templates in place. */
export async function deployTemplates(services: OpenedServices, tenant: string, flow: ChainFlow): Promise<void> {
	const deployment = await services.flows.deploy(tenant, NAMESPACE, flow.id, chainXml(flow));
	if (!deployment.ok) throw new Error(`The flow was refused: ${JSON.stringify(deployment)}`);
	const user = {
		id: TEMPLATE_USER,
		name: TEMPLATE_USER,
		email: null,
		managerId: null,
		departments: [],
		outOfOffice: null,
	};
	expectDone(await services.directory.putUser(tenant, user));
}

/** Starts an instance and agrees to as many of its tasks, by the commands that everybody uses. Answers its id. */
export async function makeTemplate(
	{ commands }: OpenedServices,
	tenant: string,
	flow: ChainFlow,
	agreed: number,
): Promise<string> {
	let result = expectDone(
		await commands.start({
			tenant,
			namespace: NAMESPACE,
			flowId: flow.id,
			initiator: TEMPLATE_USER,
			variables: { amount: 8000, reason: 'Travel to a customer, two nights', approver: TEMPLATE_USER },
			businessKey: null,
			idempotency: null,
		}),
	);
	for (let done = 0; done < agreed; done++) {
		const [task] = result.opened;
		if (task === undefined) throw new Error(`bug: nothing to agree to after ${done} tasks`);
		result = expectDone(
			await commands.submit({
				tenant,
				target: { task: task.id },
				command: {
					type: 'decide-task',
					task: task.id,
					user: TEMPLATE_USER,
					decision: 'agree',
					opinion: 'Agreed, as discussed',
					variables: {},
				},
				idempotency: null,
			}),
		);
	}
	return result.instance;
}

function expectDone<Value>(answer: Answered<Value>): Value {
	if (!answer.ok) throw new Error(`Refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.details)}`);
	return answer.value;
}
