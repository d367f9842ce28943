import Type from 'typebox';
import type { FlowVersion, ModelProblem } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';

export const ModelProblemSchema = Type.Object({
	code: Type.String(),
	element_id: nullable(Type.String()),
	line: nullable(Type.Integer({ description: 'from 1; null where it is unknown' })),
	message: Type.String(),
});

export const FlowSchema = Type.Object({
	namespace: Type.String(),
	flow_id: Type.String(),
	version: Type.Integer(),
	name: Type.String(),
	deployed_at: Time,
	warnings: Type.Array(ModelProblemSchema),
	definition: Type.Unknown({ description: 'nodes and flows as the engine runs them' }),
	xml: Type.String(),
});

export function flowView(flow: FlowVersion) {
	return {
		namespace: flow.namespace,
		flow_id: flow.flowId,
		version: flow.version,
		name: flow.model.name,
		deployed_at: isoTime(flow.deployedAt),
		warnings: flow.warnings.map(modelProblemView),
		definition: definitionOf(flow),
		xml: flow.xml,
	};
}

export function modelProblemView(problem: ModelProblem) {
	return {
		code: problem.code,
		element_id: problem.elementId,
		line: problem.line === 0 ? null : problem.line,
		message: problem.message,
	};
}

function definitionOf({ model }: FlowVersion) {
	return {
		id: model.id,
		name: model.name,
		rollback_range: model.rollbackRange,
		nodes: Object.values(model.nodes).map((node) => ({
			id: node.id,
			name: node.name,
			kind: node.kind,
			...(node.kind === 'userTask'
				? { mode: node.mode, on_reject: node.onReject, rollback_range: node.rollbackRange, form_key: node.formKey }
				: {}),
		})),
		flows: Object.values(model.flows).map((flow) => ({
			id: flow.id,
			source: flow.source,
			target: flow.target,
			condition: flow.condition?.source ?? null,
		})),
	};
}
