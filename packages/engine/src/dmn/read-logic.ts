import type { Reading } from '../bpmn/reading.ts';
import { childrenOf, type XmlElement } from '../bpmn/xml/xml-element.ts';
import type { Decision } from '../model/decision-model.ts';
import { readFeel } from './read-expression.ts';
import { readTable } from './read-table.ts';

/** Ways to write a decision that are not read. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
	'conditional',
	'context',
	'every',
	'filter',
	'for',
	'functionDefinition',
	'invocation',
	'list',
	'relation',
	'some',
]);

/** What a decision says; null, with a problem noted, where it cannot be read. */
export function readLogic(decision: XmlElement, name: string, reading: Reading): Decision['logic'] | null {
	const { namespace } = decision;
	for (const child of decision.children) {
		if (child.namespace === namespace && UNSUPPORTED.has(child.name))
			reading.report('element-not-supported', child, `\`<${child.qualifiedName}>\`: use a table or an expression.`);
	}
	const [table] = childrenOf(decision, namespace, 'decisionTable');
	if (table !== undefined) return readTable(table, name, reading);
	const [literal] = childrenOf(decision, namespace, 'literalExpression');
	if (literal === undefined) {
		reading.report('decision-invalid', decision, 'It has neither a decision table nor a literal expression.');
		return null;
	}
	const expression = readFeel(literal, reading);
	return expression === null ? null : { kind: 'literalExpression', expression };
}
