import type { Reading } from '../bpmn/reading.ts';
import { attributeOf, childrenOf, type XmlElement } from '../bpmn/xml/xml-element.ts';
import type { Expression } from '../expressions/expression.ts';
import { parseLiterals } from '../expressions/parse-unary-tests.ts';
import type {
	Aggregation,
	Conversion,
	DecisionInput,
	DecisionOutput,
	DecisionRule,
	DecisionTable,
	HitPolicy,
} from '../model/decision-model.ts';
import { isInFeel, readFeel, textOf } from './read-expression.ts';

const HIT_POLICIES: readonly HitPolicy[] = [
	'UNIQUE',
	'FIRST',
	'PRIORITY',
	'ANY',
	'COLLECT',
	'RULE ORDER',
	'OUTPUT ORDER',
];
const AGGREGATIONS: readonly Aggregation[] = ['SUM', 'COUNT', 'MIN', 'MAX'];

/** Types of DMN whose values JSON has not → what makes them from text. */
const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
	['date', 'date'],
	['time', 'time'],
	['dateTime', 'date and time'],
	['date and time', 'date and time'],
	['dayTimeDuration', 'duration'],
	['days and time duration', 'duration'],
	['yearMonthDuration', 'duration'],
	['years and months duration', 'duration'],
]);

/** `name`: that of the decision, for the only output where it has none. */
export function readTable(table: XmlElement, name: string, reading: Reading): DecisionTable | null {
	const { namespace } = table;
	const hitPolicy = readWord(table, 'hitPolicy', HIT_POLICIES, reading) ?? 'UNIQUE';
	const aggregation = readWord(table, 'aggregation', AGGREGATIONS, reading);
	const inputs = childrenOf(table, namespace, 'input').map((input) => readInput(input, reading));
	const written = childrenOf(table, namespace, 'output');
	const outputs = written.map((output) =>
		readOutput(output, written.length === 1 ? name : null, isOrdered(hitPolicy), reading),
	);
	const rules = childrenOf(table, namespace, 'rule').map((rule) =>
		readRule(rule, inputs.length, outputs.length, reading),
	);
	if (outputs.length === 0) reading.report('decision-invalid', table, 'It has no output.');
	checkNames(written, outputs, reading);
	if (aggregation !== null && hitPolicy !== 'COLLECT')
		reading.report('decision-invalid', table, '`aggregation` belongs to `hitPolicy="COLLECT"`.');
	if (aggregation !== null && outputs.length > 1)
		reading.report('decision-invalid', table, 'Only one output can be aggregated.');
	const complete = inputs.every((input) => input !== null);
	if (!complete || reading.errors.length > 0) return null;
	return { kind: 'decisionTable', hitPolicy, aggregation, inputs, outputs, rules };
}

function isOrdered(hitPolicy: HitPolicy): boolean {
	return hitPolicy === 'PRIORITY' || hitPolicy === 'OUTPUT ORDER';
}

function readWord<Word extends string>(
	element: XmlElement,
	name: string,
	words: readonly Word[],
	reading: Reading,
): Word | null {
	const value = attributeOf(element, name)?.trim() ?? '';
	if (value === '') return null;
	const word = words.find((each) => each === value);
	if (word !== undefined) return word;
	const allowed = words.map((each) => `\`${each}\``).join(', ');
	reading.report('attribute-invalid', element, `\`${name}\` is one of ${allowed}, not \`${value.slice(0, 60)}\`.`);
	return null;
}

function readInput(input: XmlElement, reading: Reading): DecisionInput | null {
	warnOfValues(input, 'inputValues', reading);
	const [written] = childrenOf(input, input.namespace, 'inputExpression');
	if (written === undefined) {
		reading.report('decision-invalid', input, 'The input has no `inputExpression`.');
		return null;
	}
	const expression = readFeel(written, reading);
	// DMN 1.1 writes types of FEEL with a prefix.
	const type = (attributeOf(written, 'typeRef') ?? '').replace(/^.*:/, '').trim();
	return expression === null ? null : { expression, conversion: CONVERSIONS.get(type) ?? null };
}

function readOutput(output: XmlElement, only: string | null, ordered: boolean, reading: Reading): DecisionOutput {
	const [written] = childrenOf(output, output.namespace, 'defaultOutputEntry');
	const defaultEntry = written === undefined ? null : readEntry(written, reading);
	const values = ordered ? readOrder(output, reading) : [];
	if (!ordered) warnOfValues(output, 'outputValues', reading);
	return { name: attributeOf(output, 'name')?.trim() || only || '', defaultEntry, values };
}

function checkNames(written: readonly XmlElement[], outputs: readonly DecisionOutput[], reading: Reading): void {
	const names = new Set<string>();
	for (const [index, { name }] of outputs.entries()) {
		const element = written[index];
		if (element === undefined) continue;
		if (name === '') reading.report('decision-invalid', element, 'One of several outputs needs a `name`.');
		else if (names.has(name))
			reading.report('decision-invalid', element, `Another output is called \`${name.slice(0, 60)}\` too.`);
		names.add(name);
	}
}

/** The values of an output from the most to the least important. */
function readOrder(output: XmlElement, reading: Reading): DecisionOutput['values'] {
	const [written] = childrenOf(output, output.namespace, 'outputValues');
	const values = written === undefined ? null : parseLiterals(textOf(written));
	if (values !== null) return values;
	reading.report(
		'decision-invalid',
		written ?? output,
		'This hit policy needs `outputValues`, a list of literals from the most to the least important.',
	);
	return [];
}

function warnOfValues(clause: XmlElement, name: string, reading: Reading): void {
	for (const values of childrenOf(clause, clause.namespace, name)) {
		if (textOf(values) !== '') reading.report('allowed-values-ignored', values, `\`<${values.qualifiedName}>\`.`);
	}
}

function readRule(rule: XmlElement, inputs: number, outputs: number, reading: Reading): DecisionRule {
	const tests = childrenOf(rule, rule.namespace, 'inputEntry');
	const entries = childrenOf(rule, rule.namespace, 'outputEntry');
	if (tests.length !== inputs || entries.length !== outputs) {
		const has = `${tests.length} input and ${entries.length} output entries`;
		reading.report('decision-invalid', rule, `The rule has ${has}, the table ${inputs} inputs and ${outputs} outputs.`);
	}
	return {
		tests: tests.map((entry) => readTest(entry, reading)),
		entries: entries.map((entry) => readEntry(entry, reading)),
	};
}

/** Null for any value; modelers write it as nothing, too. */
function readTest(entry: XmlElement, reading: Reading): Expression | null {
	const text = textOf(entry);
	return text === '' || text === '-' || !isInFeel(entry, reading) ? null : reading.unaryTests(entry, text);
}

function readEntry(entry: XmlElement, reading: Reading): Expression | null {
	return textOf(entry) === '' ? null : readFeel(entry, reading);
}
