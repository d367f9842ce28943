import type { BinaryOperator, Expression, Tree } from '../expressions/expression.ts';
import type { ProcessModel } from '../model/process-model.ts';
import type { FlowId, NodeId, Value, Variables } from '../terms.ts';
import { netOf, nodeOf } from './net.ts';

/** Which outgoing flows a gateway takes. */
export type Choose = (gateway: NodeId) => readonly FlowId[];

/**
 * Decides gateways by their conditions over these variables: an exclusive gateway takes the first true flow, an
 * inclusive one every true flow, either its default where none is true; no flow at all where there is no default.
 * Throws on a condition that has no compiled form.
 */
export function byConditions(model: ProcessModel, variables: Variables): Choose {
	const net = netOf(model);
	return (id) => {
		const gateway = nodeOf(net, id);
		if (gateway.kind !== 'exclusiveGateway' && gateway.kind !== 'inclusiveGateway') return gateway.outgoing;
		const { defaultFlow } = gateway;
		const taken = gateway.outgoing.filter(
			(flow) => flow !== defaultFlow && isTrue(net.flows.get(flow)?.condition ?? null, variables),
		);
		if (taken.length === 0) return defaultFlow === null ? [] : [defaultFlow];
		return gateway.kind === 'exclusiveGateway' ? taken.slice(0, 1) : taken;
	};
}

function isTrue(condition: Expression | null, variables: Variables): boolean {
	if (condition === null) return true;
	if (condition.tree === null) throw new Error(`not a plain expression: ${condition.source}`);
	return evaluate(condition.tree, variables) === true;
}

/**
 * The value of a plain expression; null where it has none, as a comparison of a text with a number. Nothing is coerced,
 * so for JUEL it is right only where both sides have the same type.
 */
export function evaluate(tree: Tree, variables: Variables): Value {
	switch (tree.kind) {
		case 'literal':
			return tree.value;
		case 'path':
			return tree.names.reduce<Value>(member, variables);
		case 'not': {
			const operand = evaluate(tree.operand, variables);
			return typeof operand === 'boolean' ? !operand : null;
		}
		case 'negate': {
			const operand = evaluate(tree.operand, variables);
			return typeof operand === 'number' ? -operand : null;
		}
		case 'empty':
			return isEmpty(evaluate(tree.operand, variables));
		case 'and':
		case 'or':
			return connect(tree.kind, evaluate(tree.left, variables), evaluate(tree.right, variables));
		case 'choice':
			return evaluate(evaluate(tree.test, variables) === true ? tree.left : tree.right, variables);
		case 'size':
		case 'item':
		case 'contains':
		case '%':
			throw new Error(`not a plain expression: ${tree.kind}`);
		default:
			return combine(tree.kind, evaluate(tree.left, variables), evaluate(tree.right, variables));
	}
}

function member(value: Value, name: string): Value {
	if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
	return (value as Variables)[name] ?? null;
}

function isEmpty(value: Value): boolean {
	if (value === null || value === '') return true;
	return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Three-valued logic: null is unknown. */
function connect(kind: 'and' | 'or', left: Value, right: Value): Value {
	const decisive = kind === 'or';
	if (left === decisive || right === decisive) return decisive;
	return left === !decisive && right === !decisive ? !decisive : null;
}

type Combination = Exclude<BinaryOperator, 'and' | 'or'>;

function combine(kind: Combination, left: Value, right: Value): Value {
	if (kind === '=') return left === right;
	if (kind === '!=') return left !== right;
	if (typeof left === 'number' && typeof right === 'number') return compute(kind, left, right);
	if (typeof left === 'string' && typeof right === 'string') return compute(kind, left, right);
	return null;
}

function compute<Operand extends number | string>(
	kind: Exclude<Combination, '=' | '!='>,
	left: Operand,
	right: Operand,
): Value {
	switch (kind) {
		case '<':
			return left < right;
		case '<=':
			return left <= right;
		case '>':
			return left > right;
		case '>=':
			return left >= right;
		default:
			return typeof left === 'number' && typeof right === 'number' ? calculate(kind, left, right) : null;
	}
}

function calculate(kind: '+' | '-' | '*' | '/', left: number, right: number): Value {
	switch (kind) {
		case '+':
			return left + right;
		case '-':
			return left - right;
		case '*':
			return left * right;
		case '/':
			return right === 0 ? null : left / right;
	}
}
