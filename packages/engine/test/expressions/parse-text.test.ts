import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/expressions/expression.ts';
import { parseText } from '../../src/expressions/parse-text.ts';

function textOf(raw: string): Text {
	const parsed = parseText(raw);
	if (!parsed.ok) expect.fail(parsed.message);
	return parsed.text;
}

const path = (name: string) => ({
	kind: 'expression',
	expression: { language: 'juel', source: name, tree: { kind: 'path', names: [name] } },
});
const literal = (text: string) => ({ kind: 'literal', text });

describe('the text of an attribute is', () => {
	test.each([
		['itself', ' 1001, 1002 ', literal('1001, 1002')],
		['nothing', ' ', literal('')],
		['itself where a mark is not complete', '$a {b} 5$', literal('$a {b} 5$')],
		['JUEL', '${a}', path('a')],
		['JUEL with its other mark', '#{a}', path('a')],
		['FEEL', '= a', { kind: 'expression', expression: { language: 'feel', source: 'a' } }],
		[
			'FEEL beyond the plain',
			'= a[1]',
			{ kind: 'expression', expression: { language: 'feel', source: 'a[1]', tree: null } },
		],
		['a template', 'kermit_${n}', { kind: 'template', parts: [literal('kermit_'), path('n')] }],
		[
			'a template of several',
			'${a}-#{b}!',
			{ kind: 'template', parts: [path('a'), literal('-'), path('b'), literal('!')] },
		],
	])('%s', (_, raw, text) => {
		expect(textOf(raw)).toMatchObject(text);
	});

	test('JUEL to the brace that ends it, not to one in quotes', () => {
		expect(textOf('${a == \'}\' && b == "\\"}"}x')).toMatchObject({
			kind: 'template',
			parts: [{ kind: 'expression' }, literal('x')],
		});
	});

	test.each([
		['${a', 'no closing `}`'],
		['x ${a.b()}', 'calling `.b(…)`'],
		['= a >', 'this is not FEEL'],
		['x'.repeat(10_001), 'at most 10000 characters'],
	])('refused: %s', (raw, message) => {
		const parsed = parseText(raw);
		expect(parsed.ok ? '' : parsed.message).toContain(message);
	});
});
