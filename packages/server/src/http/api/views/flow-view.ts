import Type from 'typebox';
import { isFindingCode } from '../../../models/findings.ts';
import type { FlowVersion, ModelProblem, ModelStep } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';

export const ModelProblemSchema = Type.Object({
	code: Type.String(),
	element_id: nullable(Type.String()),
	line: nullable(Type.Integer({ description: 'from 1; null where it is unknown' })),
	message: Type.String(),
	path: Type.Optional(
		Type.Array(
			Type.Object({
				kind: Type.String(),
				node_id: Type.String(),
				flow_ids: Type.Optional(Type.Array(Type.String())),
				count: Type.Optional(Type.Integer()),
			}),
			{ description: 'a finding of the verifier: what has to happen for it, in this order' },
		),
	),
});

export const FlowSchema = Type.Object({
	namespace: Type.String(),
	flow_id: Type.String(),
	version: Type.Integer(),
	name: Type.String(),
	deployed_at: Time,
	warnings: Type.Array(ModelProblemSchema),
	verification: Type.Object(
		{
			complete: Type.Boolean({ description: 'whether every way through the model was explored' }),
			problems: Type.Array(ModelProblemSchema),
		},
		{ description: 'what can go wrong when it runs; among the warnings too' },
	),
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
		verification: verificationOf(flow),
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
		...(problem.path === undefined ? {} : { path: problem.path.map(modelStepView) }),
	};
}

function modelStepView({ kind, node, flows, count }: ModelStep) {
	return {
		kind,
		node_id: node,
		...(flows === undefined ? {} : { flow_ids: flows }),
		...(count === undefined ? {} : { count }),
	};
}

function verificationOf({ warnings }: FlowVersion) {
	const findings = warnings.filter(({ code }) => isFindingCode(code));
	const problems = findings.filter(({ code }) => code !== 'verification-incomplete');
	return { complete: problems.length === findings.length, problems: problems.map(modelProblemView) };
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
