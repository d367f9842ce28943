import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bpmn/xml/read-xml.ts';
import type { XmlElement } from '../../src/bpmn/xml/xml-element.ts';

function rootOf(xml: string): XmlElement {
	const document = readXml(xml);
	if (!document.ok) expect.fail(document.problem.message);
	return document.root;
}

function problemOf(xml: string): string {
	const document = readXml(xml);
	if (document.ok) expect.fail('the document was accepted');
	return `${document.problem.code}:${document.problem.line}`;
}

describe('a document is read with', () => {
	test.each([
		['its text', '<a>x y</a>', 'x y'],
		['entities', '<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x4e2d;&#x1F600;</a>', `<&>"'A中😀`],
		['no entity read twice', '<a>&amp;lt;</a>', '&lt;'],
		['CDATA', '<a>1<![CDATA[<b>&amp;]]]>2</a>', '1<b>&amp;]2'],
		['comments and instructions left out', '<a>1<!-- <b> -->2<?x ?>3</a>', '123'],
		['all its own text', '<a>1<b>no</b>2</a>', '12'],
		['one kind of line end', '<a>1\r\n2\r3\n4</a>', '1\n2\n3\n4'],
		['a byte order mark', '\ufeff<?xml version="1.0" encoding="utf-8"?><a>x</a>', 'x'],
		['a foreign encoding of ASCII', '<?xml version="1.0" encoding="GBK"?><a>x</a>', 'x'],
	])('%s', (_, xml, text) => {
		expect(rootOf(xml).text).toBe(text);
	});

	test('namespaces, as they are bound where they stand', () => {
		const root = rootOf(
			'<p:a xmlns:p="u" x="1" p:x="2"><b xmlns="v" p:y="3"><p:c xmlns:p="w"/></b><d xml:lang="en"/></p:a>',
		);
		const [b, d] = root.children;
		expect([root.namespace, b?.namespace, b?.children[0]?.namespace, d?.namespace]).toEqual(['u', 'v', 'w', '']);
		expect(root.attributes.map((each) => [each.namespace, each.name, each.value])).toEqual([
			['', 'x', '1'],
			['u', 'x', '2'],
		]);
		expect(b?.attributes[0]).toEqual({ namespace: 'u', name: 'y', qualifiedName: 'p:y', value: '3' });
	});

	test('the line of each element, whatever ends the lines', () => {
		const root = rootOf('<a>\n<b/>\r\n<b/>\r<b\n\n/><b/></a>');
		expect(root.children.map((child) => child.line)).toEqual([2, 3, 4, 6]);
	});

	test('attributes on one line', () => {
		expect(rootOf('<a b="1\n\t2&#10;3"/>').attributes[0]?.value).toBe('1  2\n3');
	});
});

describe('broken XML is refused by line:', () => {
	test.each([
		['<a>\n</b>', 'xml-invalid:2'],
		['\n</a>', 'xml-invalid:2'],
		['<a/>x', 'xml-invalid:1'],
		['x<a/>', 'xml-invalid:1'],
		['<![CDATA[]]><a/>', 'xml-invalid:1'],
		[' <?xml version="1.0"?><a/>', 'xml-invalid:1'],
		['<a>\n<b', 'xml-invalid:2'],
		['<a></a', 'xml-invalid:1'],
		['<a>\n<?x', 'xml-invalid:2'],
		['<a b/>', 'xml-invalid:1'],
		['<a b=1/>', 'xml-invalid:1'],
		['<a b="<"/>', 'xml-invalid:1'],
		['<a b="1"c="2"/>', 'xml-invalid:1'],
		['<a b="1" b="2"/>', 'xml-invalid:1'],
		['<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', 'xml-invalid:1'],
		['<p:a/>', 'xml-invalid:1'],
		['<a p:b="1"/>', 'xml-invalid:1'],
		['<a xmlns:p=""/>', 'xml-invalid:1'],
		['<a xmlns:xmlns="u"/>', 'xml-invalid:1'],
		['<a:b:c xmlns:a="u"/>', 'xml-invalid:1'],
		['<1/>', 'xml-invalid:1'],
		['< a/>', 'xml-invalid:1'],
		['<a>&</a>', 'xml-invalid:1'],
		['<a>&amp</a>', 'xml-invalid:1'],
		['<a b="&x;"/>', 'xml-invalid:1'],
		['<a>&#x110000;</a>', 'xml-invalid:1'],
		['<a>&#xd800;</a>', 'xml-invalid:1'],
		['<a>&#0;</a>', 'xml-invalid:1'],
		['<a>\u0001</a>', 'xml-invalid:1'],
		['<!ENTITY x "y"><a/>', 'xml-doctype:1'],
		['<?xml version="1.0" encoding="GBK"?><a>中</a>', 'xml-encoding:1'],
	])('%j', (xml, problem) => {
		expect(problemOf(xml)).toBe(problem);
	});
});

interface Sketch {
	readonly name: string;
	readonly attributes: readonly (readonly [string, string])[];
	readonly content: readonly (string | Sketch)[];
}

const name = fc.stringMatching(/^[a-z_][\w.-]{0,5}$/);
const text = fc.string({ unit: fc.constantFrom(...'ab<>&"\'] \n中😀-!?/='), maxLength: 8 });
const { sketch } = fc.letrec<{ sketch: Sketch }>((tie) => ({
	sketch: fc.record({
		name,
		attributes: fc.uniqueArray(fc.tuple(name, text), { selector: ([each]) => each, maxLength: 3 }),
		content: fc.array(fc.oneof({ depthSize: 'small' }, text, tie('sketch')), { maxLength: 4 }),
	}),
}));

describe('any document', () => {
	test('is read as it was written, each element on its line', () => {
		fc.assert(
			fc.property(sketch, fc.infiniteStream(fc.nat({ max: 3 })), (original, choices) => {
				const lines: number[] = [];
				const xml = write(original, choices, 1, lines);
				const read: number[] = [];
				expect(sketchOf(rootOf(xml), read)).toEqual(merged(original));
				expect(read).toEqual(lines);
			}),
			{ numRuns: 1_000 },
		);
	});
});

/** Writes a sketch with the freedoms that XML has; notes the line of each element. */
function write(each: Sketch, choices: Iterator<number>, line: number, lines: number[]): string {
	const choose = (): number => choices.next().value;
	lines.push(line);
	let xml = `<${each.name}`;
	for (const [key, value] of each.attributes) {
		const quote = choose() < 2 ? '"' : "'";
		xml += `${choose() === 0 ? '\n' : ' '}${key} = ${quote}${escaped(value, choose)}${quote}`;
	}
	if (each.content.length === 0 && choose() < 2) return `${xml}/>`;
	xml += '>';
	for (const part of each.content) {
		if (typeof part !== 'string') xml += write(part, choices, line + breaksIn(xml), lines);
		else if (choose() === 0 && !part.includes(']]>')) xml += `<![CDATA[${part}]]>`;
		else xml += escaped(part, choose);
		if (choose() === 0) xml += '<!-- <x a="1"> \n & -->';
	}
	return `${xml}</${each.name}\n>`;
}

function escaped(value: string, choose: () => number): string {
	const names: Readonly<Record<string, string>> = {
		'<': '&lt;',
		'&': '&amp;',
		'"': '&quot;',
		"'": '&apos;',
		'\n': '&#10;',
	};
	return [...value]
		.map((character) => {
			const code = character.codePointAt(0) ?? 0;
			return choose() === 0 ? `&#x${code.toString(16)};` : (names[character] ?? character);
		})
		.join('');
}

function breaksIn(xml: string): number {
	return xml.split('\n').length - 1;
}

/** The document of an element in the form of a sketch, its text in front. */
function sketchOf(element: XmlElement, lines: number[]): Sketch {
	lines.push(element.line);
	const attributes = element.attributes.map((each) => [each.name, each.value] as const);
	return {
		name: element.name,
		attributes,
		content: [element.text, ...element.children.map((c) => sketchOf(c, lines))],
	};
}

function merged(each: Sketch): Sketch {
	const own = each.content.filter((part) => typeof part === 'string').join('');
	const children = each.content.filter((part) => typeof part !== 'string').map(merged);
	return { name: each.name, attributes: each.attributes, content: [own, ...children] };
}
