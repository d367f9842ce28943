import { rawFeel, testFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { TESTED } from '../expressions/parse-unary-tests.ts';
import { variablesFor } from '../expressions/reads-of.ts';
import { lookup } from '../lookup.ts';
import type { DecisionInput, DecisionRule, DecisionTable } from '../model/decision-model.ts';
import type { Value, Variables } from '../terms.ts';
import { type Decided, DecisionFailure } from './decided.ts';
import { evaluateExpression, evaluateInput } from './evaluate-expression.ts';
import { applyHitPolicy, type Hit, rowsOf, valueOfRow } from './hit-policies.ts';

/** Finds the rules that hold and puts their outputs together as the hit policy says. */
export function evaluateTable(table: DecisionTable, variables: Variables): Decided {
	const inputs = table.inputs.map((input) => inputValue(input, variables));
	const hits: Hit[] = [];
	for (const [index, rule] of table.rules.entries()) {
		if (!holds(rule, inputs, variables)) continue;
		hits.push({ rule: index + 1, row: rowOf(table, rule.entries, variables) });
		if (table.hitPolicy === 'FIRST') break;
	}
	return hits.length === 0 ? withoutHit(table, variables) : applyHitPolicy(table, hits);
}

function inputValue({ expression, conversion }: DecisionInput, variables: Variables): unknown {
	const value = evaluateInput(expression, variables);
	if (conversion === null || typeof value !== 'string') return value;
	// Camunda 7 calls a date with a time a date too.
	const convert = conversion === 'date' && value.includes('T') ? 'date and time' : conversion;
	const converted = rawFeel(`${convert}(value)`, { value });
	if (converted !== null) return converted;
	throw new DecisionFailure(`The input \`${expression.source}\` is \`${value.slice(0, 60)}\`, which is no ${convert}.`);
}

function holds({ tests }: DecisionRule, inputs: readonly unknown[], variables: Variables): boolean {
	return tests.every((test, index) => test === null || testHolds(test, inputs[index], variables));
}

function testHolds(test: Expression, tested: unknown, variables: Variables): boolean {
	const { tree, source } = test;
	if (tree === null) return testFeel(source, tested, variablesFor(test, variables));
	// A date of feelin's is no value of ours, and equals none of the literals of a plain test.
	return evaluateTree(tree, (name) => (name === TESTED ? (tested as Value) : lookup(variables, name))) === true;
}

function rowOf({ outputs }: DecisionTable, entries: DecisionRule['entries'], variables: Variables): Variables {
	const values = outputs.map(({ name }, index): [string, Value] => {
		const entry = entries[index] ?? null;
		return [name, entry === null ? null : evaluateExpression(entry, variables)];
	});
	return Object.fromEntries(values);
}

/** The default entries are the result itself, whatever the hit policy; where there are none, nothing is. */
function withoutHit(table: DecisionTable, variables: Variables): Decided {
	const defaults = table.outputs.map(({ defaultEntry }) => defaultEntry);
	if (defaults.every((entry) => entry === null)) return rowsOf(table, []);
	const row = rowOf(table, defaults, variables);
	return { value: valueOfRow(table, row), rows: [row] };
}
