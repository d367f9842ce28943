import type { Value } from '../terms.ts';
import type { Budget } from './budget.ts';
import { checkLength } from './check-length.ts';
import type { BinaryOperator } from './expression.ts';
import { finite } from './finite.ts';

/**
 * What the operators of FEEL give (DMN 1.5, chapter 10.3.2): three-valued logic in which null is "unknown". They agree
 * with feelin wherever both operands have an order; feelin orders a string and a number by JavaScript's rules, the
 * specification (and this) makes that null.
 */
export function applyFeel(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
	switch (operator) {
		case 'and':
			return connect(false, left, right);
		case 'or':
			return connect(true, left, right);
		case '=':
			return feelEquals(left, right, budget);
		case '!=': {
			const equal = feelEquals(left, right, budget);
			return equal === null ? null : !equal;
		}
		case '+':
			if (typeof left === 'string' && typeof right === 'string') return concatenate(left, right);
			return calculate(operator, left, right);
		case '-':
		case '*':
		case '/':
			return calculate(operator, left, right);
		default:
			return order(operator, left, right);
	}
}

export function feelNot(operand: Value): Value {
	return typeof operand === 'boolean' ? !operand : null;
}

export function feelNegate(operand: Value): Value {
	return typeof operand === 'number' ? finite(-operand) : null;
}

function connect(decisive: boolean, left: Value, right: Value): Value {
	if (left === decisive || right === decisive) return decisive;
	return left === !decisive && right === !decisive ? !decisive : null;
}

/** A loop that adds a text to itself would have one that nothing can hold. */
function concatenate(left: string, right: string): string {
	checkLength(left.length + right.length);
	return left + right;
}

function calculate(operator: '+' | '-' | '*' | '/', left: Value, right: Value): Value {
	if (typeof left !== 'number' || typeof right !== 'number') return null;
	switch (operator) {
		case '+':
			return finite(left + right);
		case '-':
			return finite(left - right);
		case '*':
			return finite(left * right);
		case '/':
			return finite(left / right);
	}
}

export function order(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): Value {
	const comparable =
		(typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
	if (!comparable) return null;
	switch (operator) {
		case '<':
			return left < right;
		case '<=':
			return left <= right;
		case '>':
			return left > right;
		case '>=':
			return left >= right;
	}
}

/** Values nested deeper than this are not compared: null. Variables come from outside, and the stack has an end. */
const MAX_COMPARED_DEPTH = 200;

/** Null equals only null; different types have no answer (null); a list of one element stands for the element. */
export function feelEquals(left: Value, right: Value, budget: Budget, depth = 0): boolean | null {
	budget.spend(1);
	if (left === right) return true;
	if (depth > MAX_COMPARED_DEPTH) return null;
	if (left === null || right === null) return false;
	const a = unwrap(left);
	const b = unwrap(right);
	if (a === null || b === null) return a === b ? true : null;
	if (typeof a !== 'object' || typeof b !== 'object') return typeof a === typeof b ? a === b : null;
	if (isList(a) || isList(b)) {
		if (!isList(a) || !isList(b)) return null;
		if (a.length !== b.length) return false;
		return a.every((item, index) => feelEquals(item, b[index] ?? null, budget, depth + 1) === true);
	}
	const names = Object.keys(a);
	return (
		names.length === Object.keys(b).length &&
		names.every((name) => Object.hasOwn(b, name) && feelEquals(a[name] ?? null, b[name] ?? null, budget, depth + 1))
	);
}

function unwrap(value: Value): Value {
	return isList(value) && value.length < 2 ? (value[0] ?? null) : value;
}

function isList(value: Value): value is readonly Value[] {
	return Array.isArray(value);
}
