import { type Answer, type Answers, questionKey } from '@sendback/engine/questions.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { FlowService } from '../services.ts';
import type { InstanceFacts } from './instance-write.ts';

/** The models of the flows that an instance is calling, as the core asks for them. */
export async function calledFlows(
	findFlow: FlowService['find'],
	{ tenant, namespace }: InstanceFacts,
	state: InstanceState,
): Promise<Answers> {
	const answers = new Map<string, Answer>();
	for (const { flow } of Object.values(state.scopes)) {
		if (flow === undefined) continue;
		const key = questionKey({ kind: 'flow', ...flow });
		if (answers.has(key)) continue;
		const found = await findFlow(tenant, namespace, flow.flowId, flow.version);
		answers.set(key, { kind: 'flow', flow: found === null ? null : { version: found.version, model: found.model } });
	}
	return answers;
}
