import { cutText } from '../cut-text.ts';
import { rawFeel, testFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { TESTED } from '../expressions/parse-unary-tests.ts';
import { variablesFor } from '../expressions/reads-of.ts';
import { lookup } from '../lookup.ts';
import type { DecisionInput, DecisionRule, DecisionTable } from '../model/decision-model.ts';
import type { Value } from '../terms.ts';
import { DecisionFailure, type RawDecided, type RawRow } from './decided.ts';
import { evaluateExpression, evaluateInput, type Known } from './evaluate-expression.ts';
import { applyHitPolicy, type Hit, rowsOf, valueOfRow } from './hit-policies.ts';

/** Finds the rules that hold and puts their outputs together as the hit policy says. */
export function evaluateTable(table: DecisionTable, known: Known): RawDecided {
	const inputs = table.inputs.map((input) => inputValue(input, known));
	const hits: Hit[] = [];
	for (const [index, rule] of table.rules.entries()) {
		if (!holds(rule, inputs, known)) continue;
		hits.push({ rule: index + 1, row: rowOf(table, rule.entries, known) });
		if (table.hitPolicy === 'FIRST') break;
	}
	return hits.length === 0 ? withoutHit(table, known) : applyHitPolicy(table, hits, known.budget);
}

function inputValue({ expression, conversion }: DecisionInput, known: Known): unknown {
	const value = evaluateInput(expression, known);
	if (conversion === null || typeof value !== 'string') return value;
	// Camunda 7 calls a date with a time a date too.
	const convert = conversion === 'date' && value.includes('T') ? 'date and time' : conversion;
	const converted = rawFeel(`${convert}(value)`, { value });
	if (converted !== null) return converted;
	throw new DecisionFailure(`The input \`${expression.source}\` is \`${cutText(value, 60)}\`, which is no ${convert}.`);
}

function holds({ tests }: DecisionRule, inputs: readonly unknown[], known: Known): boolean {
	return tests.every((test, index) => test === null || testHolds(test, inputs[index], known));
}

function testHolds(test: Expression, tested: unknown, { variables, budget }: Known): boolean {
	const { tree, source } = test;
	if (tree === null) return testFeel(source, tested, variablesFor(test, variables));
	// A date of feelin's is no value of ours, and equals none of the literals of a plain test.
	return evaluateTree(tree, (name) => (name === TESTED ? tested : lookup(variables, name)) as Value, budget) === true;
}

function rowOf({ outputs }: DecisionTable, entries: DecisionRule['entries'], known: Known): RawRow {
	const values = outputs.map(({ name }, index): [string, unknown] => {
		const entry = entries[index] ?? null;
		return [name, entry === null ? null : evaluateExpression(entry, known)];
	});
	return Object.fromEntries(values);
}

/** The default entries are the result itself, whatever the hit policy; where there are none, nothing is. */
function withoutHit(table: DecisionTable, known: Known): RawDecided {
	const defaults = table.outputs.map(({ defaultEntry }) => defaultEntry);
	if (defaults.every((entry) => entry === null)) return rowsOf(table, [], known.budget);
	const row = rowOf(table, defaults, known);
	return { value: valueOfRow(table, row), rows: [row] };
}
