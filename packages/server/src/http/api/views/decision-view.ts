import type { Decision } from '@sendback/engine/model/decision-model.ts';
import Type from 'typebox';
import type { DecisionVersion } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';
import { ModelProblemSchema, modelProblemView } from './flow-view.ts';

const DefinitionSchema = Type.Object({
	id: Type.String(),
	name: Type.String(),
	kind: Type.String({ description: 'decisionTable or literalExpression' }),
	hit_policy: nullable(Type.String()),
	aggregation: nullable(Type.String()),
	inputs: Type.Array(Type.String(), { description: 'the expressions' }),
	outputs: Type.Array(Type.String(), { description: 'the names' }),
	rules: Type.Integer({ description: 'how many' }),
});

export const DecisionSchema = Type.Object({
	namespace: Type.String(),
	decision_id: Type.String(),
	version: Type.Integer(),
	name: Type.String(),
	deployed_at: Time,
	warnings: Type.Array(ModelProblemSchema),
	definition: Type.Array(DefinitionSchema, { description: 'those that it requires first, itself last' }),
	xml: Type.String(),
});

export function decisionView(decision: DecisionVersion) {
	return {
		namespace: decision.namespace,
		decision_id: decision.decisionId,
		version: decision.version,
		name: decision.model.name,
		deployed_at: isoTime(decision.deployedAt),
		warnings: decision.warnings.map(modelProblemView),
		definition: decision.model.decisions.map(definitionView),
		xml: decision.xml,
	};
}

function definitionView({ id, name, logic }: Decision) {
	const table = logic.kind === 'decisionTable' ? logic : null;
	return {
		id,
		name,
		kind: logic.kind,
		hit_policy: table?.hitPolicy ?? null,
		aggregation: table?.aggregation ?? null,
		inputs: table?.inputs.map(({ expression }) => expression.source) ?? [],
		outputs: table?.outputs.map((output) => output.name) ?? [],
		rules: table?.rules.length ?? 0,
	};
}
