import type { Value } from '../terms.ts';
import type { Budget } from './budget.ts';
import type { JuelOperator } from './expression.ts';
import { finite } from './finite.ts';
import { feelEquals, order } from './rules-feel.ts';

/**
 * What the operators of JUEL give (Jakarta Expression Language 2.2, chapters 1.5 to 1.18): operands are coerced to a
 * common type. Where that specification throws, because an operand cannot be coerced, the value is null.
 */
export function applyJuel(operator: JuelOperator, left: Value, right: Value, budget: Budget): Value {
	switch (operator) {
		case 'and':
		case 'or':
			return connect(operator === 'or', left, right);
		case '=':
			return equals(left, right, budget);
		case '!=': {
			const equal = equals(left, right, budget);
			return equal === null ? null : !equal;
		}
		case '+':
		case '-':
		case '*':
		case '/':
		case '%':
			return calculate(operator, left, right);
		case 'item':
			return juelItem(left, right);
		case 'contains':
			return contains(left, right, budget);
		default:
			return compare(operator, left, right);
	}
}

export function juelNot(operand: Value): Value {
	const value = toBoolean(operand);
	return value === null ? null : !value;
}

export function juelNegate(operand: Value): Value {
	const value = toNumber(operand);
	return value === null ? null : finite(-value);
}

export function juelEmpty(operand: Value, budget: Budget): boolean {
	return operand === null || juelSize(operand, budget) === 0;
}

export function juelHolds(test: Value): boolean {
	return toBoolean(test) === true;
}

export function juelSize(operand: Value, budget: Budget): Value {
	if (typeof operand === 'string' || Array.isArray(operand)) return operand.length;
	if (operand === null || typeof operand !== 'object') return null;
	const size = Object.keys(operand).length;
	budget.spend(size);
	return size;
}

/** An element of a list by its number, from 0, or a member by its name. */
function juelItem(value: Value, key: Value): Value {
	if (value === null || typeof value !== 'object' || key === null) return null;
	const index = Array.isArray(value) ? toNumber(key) : String(key);
	if (index === null || !Object.hasOwn(value, index)) return null;
	return (value as Readonly<Record<string, Value>>)[index] ?? null;
}

/** Java asks a list for an equal element, without coercion, and a text for a part of it. */
function contains(value: Value, wanted: Value, budget: Budget): Value {
	if (typeof value === 'string') return typeof wanted === 'string' ? value.includes(wanted) : null;
	if (!Array.isArray(value)) return null;
	return value.some((element: Value) => feelEquals(element, wanted, budget) === true);
}

function connect(decisive: boolean, left: Value, right: Value): Value {
	const first = toBoolean(left);
	if (first === decisive || first === null) return first;
	return toBoolean(right);
}

function equals(left: Value, right: Value, budget: Budget): boolean | null {
	if (left === null || right === null) return left === right;
	if (typeof left === 'number' || typeof right === 'number') return sameOf(toNumber(left), toNumber(right));
	if (typeof left === 'boolean' || typeof right === 'boolean') return sameOf(toBoolean(left), toBoolean(right));
	return feelEquals(left, right, budget) === true;
}

function sameOf<T>(left: T | null, right: T | null): boolean | null {
	return left === null || right === null ? null : left === right;
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): Value {
	if (left === null || right === null) return left === right && (operator === '<=' || operator === '>=');
	if (typeof left === 'number' || typeof right === 'number') return order(operator, toNumber(left), toNumber(right));
	return order(operator, left, right);
}

function calculate(operator: '+' | '-' | '*' | '/' | '%', left: Value, right: Value): Value {
	const a = toNumber(left);
	const b = toNumber(right);
	if (a === null || b === null) return null;
	switch (operator) {
		case '+':
			return finite(a + b);
		case '-':
			return finite(a - b);
		case '*':
			return finite(a * b);
		case '/':
			return finite(a / b);
		case '%':
			return finite(a % b);
	}
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function toNumber(value: Value): number | null {
	if (typeof value === 'number') return value;
	if (value === null || value === '') return 0;
	return typeof value === 'string' && DECIMAL.test(value) ? finite(Number(value)) : null;
}

function toBoolean(value: Value): boolean | null {
	if (typeof value === 'boolean') return value;
	if (value === null) return false;
	return typeof value === 'string' ? value.toLowerCase() === 'true' : null;
}
