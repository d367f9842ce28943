import { expect } from 'vitest';
import type { ModelProblem } from '../../src/bpmn/model-problems.ts';
import { type DecisionOutcome, evaluateDecision } from '../../src/dmn/evaluate-decision.ts';
import { parseDecision } from '../../src/dmn/parse-decision.ts';
import type { DecisionModel } from '../../src/model/decision-model.ts';
import type { Variables } from '../../src/terms.ts';

export const DMN_13 = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

/** A file with this content; its first line is line 2. */
export function dmnFile(content: string, attributes = '', namespace = DMN_13): string {
	const others = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" xmlns:other="http://example.com/other"';
	return `<definitions xmlns="${namespace}" ${others} id="defs" name="defs" namespace="t" ${attributes}>\n${content}\n</definitions>`;
}

/** A file with one decision `d`, a table; the table is line 3, and the first line of its content line 4. */
export function tableFile(content: string, attributes = ''): string {
	return dmnFile(
		`<decision id="d" name="Decision">\n<decisionTable ${attributes}>\n${content}</decisionTable></decision>`,
	);
}

/** An input, by its expression. */
export function input(expression: string, type = ''): string {
	const typeRef = type === '' ? '' : ` typeRef="${type}"`;
	return `<input><inputExpression${typeRef}><text>${escaped(expression)}</text></inputExpression></input>\n`;
}

/** An output, by its name; `values`: from the most to the least important. */
export function output(name: string, { values = '', fallback = '' } = {}): string {
	const listed = values === '' ? '' : `<outputValues><text>${escaped(values)}</text></outputValues>`;
	const entry = fallback === '' ? '' : `<defaultOutputEntry><text>${escaped(fallback)}</text></defaultOutputEntry>`;
	return `<output ${name === '' ? '' : `name="${name}"`}>${listed}${entry}</output>\n`;
}

/** A rule written as `test | test => entry | entry`. */
export function rule(written: string): string {
	const [tests = '', entries = ''] = written.split('=>');
	const cells = (side: string, tag: string) =>
		side
			.split('|')
			.map((cell) => `<${tag}><text>${escaped(cell.trim())}</text></${tag}>`)
			.join('');
	return `<rule>${cells(tests, 'inputEntry')}${cells(entries, 'outputEntry')}</rule>\n`;
}

function escaped(text: string): string {
	return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The decision of a file that has to be accepted. */
export async function readDecision(xml: string, id = 'd'): Promise<DecisionModel> {
	const parsed = await parseDecision(xml, id);
	if (!parsed.ok) expect.fail(parsed.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
	return parsed.model;
}

/** The errors of a file that has to be refused, as `code elementId:line`. */
export async function errorsOf(xml: string, id = 'd'): Promise<readonly string[]> {
	const parsed = await parseDecision(xml, id);
	if (parsed.ok) expect.fail('the file was accepted');
	return parsed.errors.map(shown);
}

export async function warningsOf(xml: string): Promise<readonly string[]> {
	const parsed = await parseDecision(xml, 'd');
	if (!parsed.ok) expect.fail(parsed.errors.map(({ message }) => message).join('\n'));
	return parsed.warnings.map(shown);
}

export async function decide(xml: string, variables: Variables): Promise<DecisionOutcome> {
	return evaluateDecision(await readDecision(xml), variables);
}

/** What DMN has as the result of a decision that can be taken. */
export async function resultOf(xml: string, variables: Variables): Promise<unknown> {
	const outcome = await decide(xml, variables);
	if (!outcome.ok) expect.fail(outcome.message);
	return outcome.decided.value;
}

function shown({ code, elementId, line }: ModelProblem): string {
	return `${code} ${elementId}:${line}`;
}
