import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { ElementId } from '@sendback/engine/terms.ts';
import { explore } from '@sendback/engine/verify/explore.ts';
import type { Problem } from '@sendback/engine/verify/problems.ts';
import type { PathStep } from '@sendback/engine/verify/walk.ts';
import type { ModelProblem, ModelStep } from '../services.ts';
import { FINDINGS, type FindingCode } from './findings.ts';

/** How much of a model is explored before the verifier gives up. */
export interface VerificationLimits {
	readonly states: number;
	readonly milliseconds: number;
	readonly problems: number;
}

const CODES = {
	deadlock: 'possible-deadlock',
	'left-behind': 'left-behind',
	'two-tokens': 'two-tokens',
	'no-way-to-end': 'no-way-to-end',
	'dead-node': 'dead-node',
} as const satisfies Record<Problem['kind'], FindingCode>;

/** Explores what can happen in the model, and tells what can go wrong; the last finding may be that it did not see all. */
export function verifyModel(model: ProcessModel, limits: VerificationLimits): readonly ModelProblem[] {
	const end = performance.now() + limits.milliseconds;
	const { states, problems } = limits;
	const exploration = explore(model, { states, problems, expired: () => performance.now() > end });
	const findings = exploration.problems.map((problem) => findingOf(model, problem));
	return exploration.complete ? findings : [...findings, incomplete(model)];
}

/** `reason` where there is one besides the limits. */
export function incomplete(model: ProcessModel, reason = ''): ModelProblem {
	const code = 'verification-incomplete';
	return { code, elementId: model.id, line: 0, message: `${FINDINGS[code]}${reason === '' ? '' : ` ${reason}`}` };
}

function findingOf(model: ProcessModel, problem: Problem): ModelProblem {
	const code = CODES[problem.kind];
	const [elementId = model.id, ...others] = elementsOf(model, problem);
	const also = others.length === 0 ? '' : ` Also at: ${others.join(', ')}.`;
	return {
		code,
		elementId,
		line: model.nodes[elementId]?.line ?? 0,
		message: `${FINDINGS[code]}${also}`,
		...('path' in problem ? { path: problem.path.map(modelStep) } : {}),
	};
}

/** The nodes that it is about, each once. */
function elementsOf(model: ProcessModel, problem: Problem): readonly ElementId[] {
	switch (problem.kind) {
		case 'dead-node':
			return [problem.node];
		case 'two-tokens':
			return [nodeAt(model, problem.place)];
		case 'no-way-to-end': {
			const last = problem.path.at(-1);
			return last === undefined ? [] : [last.node];
		}
		case 'deadlock':
		case 'left-behind':
			return [...new Set(problem.waiting.map((place) => nodeAt(model, place)))];
	}
}

/** The node whose place it is; of a sequence flow, the node that it leads to. */
function nodeAt(model: ProcessModel, place: string): ElementId {
	const id = place.slice(place.indexOf(':') + 1);
	return place.startsWith('flow:') ? (model.flows[id]?.target ?? id) : id;
}

function modelStep(step: PathStep): ModelStep {
	const { kind, node } = step;
	if (kind === 'choose') return { kind, node, flows: step.flows };
	return kind === 'repeat' ? { kind, node, count: step.count } : { kind, node };
}
