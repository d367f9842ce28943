import fc, { type Arbitrary } from 'fast-check';
import type { Expression } from '../../src/expressions/expression.ts';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import { comparison } from './draft.ts';
import { eventModel, multiInstanceModel, subprocessModel } from './scoped-models.ts';

/** What tasks write, and conditions read. */
export const WATCHED = ['watched_0', 'watched_1'] as const;

/** Models in which some of what waits beside work, or around it, waits for a condition. */
export function conditionalModel(): Arbitrary<ProcessModel> {
	return fc
		.tuple(
			fc.oneof(subprocessModel(), multiInstanceModel(), eventModel()),
			fc.array(fc.nat({ max: 4 }), { minLength: 6, maxLength: 6 }),
		)
		.map(([model, drawn]) => withConditions(model, drawn))
		.filter(hasConditions);
}

function withConditions(model: ProcessModel, drawn: readonly number[]): ProcessModel {
	let next = 0;
	const nodes = Object.entries(model.nodes).map(([id, node]): [NodeId, Node] => {
		if (!waitsBeside(node)) return [id, node];
		const condition = CONDITIONS[drawn[next++ % drawn.length] ?? 0];
		if (condition === undefined) return [id, node];
		return [id, { ...node, trigger: { kind: 'condition', condition } }];
	});
	return { ...model, nodes: Object.fromEntries(nodes) };
}

function hasConditions({ nodes }: ProcessModel): boolean {
	return Object.values(nodes).some((node) => 'trigger' in node && node.trigger?.kind === 'condition');
}

function waitsBeside(node: Node): node is Extract<Node, { kind: 'boundaryEvent' | 'startEvent' }> {
	if (node.kind !== 'boundaryEvent' && node.kind !== 'startEvent') return false;
	return node.trigger !== null && ['timer', 'message', 'signal'].includes(node.trigger.kind);
}

const [one, other] = WATCHED.map((name) => comparison(name, '=', 1)) as [Expression, Expression];

const CONDITIONS: readonly Expression[] = [one, other, both('and'), both('or')];

function both(kind: 'and' | 'or'): Expression {
	if (one.tree === null || other.tree === null) throw new Error('a condition without a tree');
	const source = `${one.source} ${kind === 'and' ? '&&' : '||'} ${other.source}`;
	return { language: 'juel', source, tree: { kind, left: one.tree, right: other.tree, juel: true } };
}
