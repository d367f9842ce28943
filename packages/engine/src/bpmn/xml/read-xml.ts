import { type ModelProblem, modelProblem } from '../model-problems.ts';
import { decodeText, NO_XML_CHARACTER } from './decode-text.ts';
import { LineCounter } from './line-counter.ts';
import { NamespaceScope } from './namespace-scope.ts';
import { nameAt, readTag } from './read-tag.ts';
import type { XmlElement } from './xml-element.ts';
import { XmlFailure } from './xml-failure.ts';
import { XML_LIMITS } from './xml-limits.ts';

export type XmlDocument =
	| { readonly ok: true; readonly root: XmlElement }
	| { readonly ok: false; readonly problem: ModelProblem };

/**
 * Reads a document into its elements, with their lines. bpmn-moddle keeps no lines and has no limits, so this comes
 * before it: whatever is sent, it takes linear time, refuses broken XML, declarations and entities, and never recurses.
 */
export function readXml(xml: string): XmlDocument {
	const lines = new LineCounter(xml);
	try {
		return { ok: true, root: readDocument(xml, lines) };
	} catch (error) {
		if (!(error instanceof XmlFailure)) throw error;
		const line = lines.lineOf(Math.min(error.at, xml.length));
		return { ok: false, problem: modelProblem(error.code, null, line, error.message) };
	}
}

/** An element whose end tag was not read yet. */
interface OpenElement {
	readonly element: XmlElement & { readonly children: XmlElement[]; text: string };
	readonly scope: NamespaceScope;
}

function readDocument(xml: string, lines: LineCounter): XmlElement {
	checkCharacters(xml);
	const open: OpenElement[] = [];
	const outermost = NamespaceScope.root();
	let root: XmlElement | null = null;
	let count = 0;
	let at = xml.charCodeAt(0) === 0xfeff ? 1 : 0;
	const first = at;
	while (at < xml.length) {
		const current = open.at(-1);
		const mark = xml.indexOf('<', at);
		const text = xml.slice(at, mark === -1 ? xml.length : mark);
		if (current !== undefined) current.element.text += decodeText(text, at);
		else if (text.trim() !== '') throw new XmlFailure('xml-invalid', 'Text stands outside of the root element.', at);
		if (mark === -1) break;
		at = mark;
		if (xml.startsWith('<!--', at)) at = endOf(xml, '-->', at + 4, 'comment');
		else if (xml.startsWith('<![CDATA[', at)) {
			if (current === undefined) throw new XmlFailure('xml-invalid', 'Text stands outside of the root element.', at);
			const end = endOf(xml, ']]>', at + 9, 'CDATA section');
			current.element.text += xml.slice(at + 9, end - 3);
			at = end;
		} else if (xml.startsWith('<!', at)) {
			throw new XmlFailure('xml-doctype', 'A document type declaration (`<!…>`) is not allowed.', at);
		} else if (xml.startsWith('<?', at)) {
			const end = endOf(xml, '?>', at + 2, 'processing instruction');
			checkInstruction(xml.slice(at, end), at === first, xml, at);
			at = end;
		} else if (xml.startsWith('</', at)) {
			at = closeElement(xml, at, open);
		} else {
			if (root !== null && current === undefined) {
				throw new XmlFailure('xml-invalid', 'There is more than one root element.', at);
			}
			const tag = readTag(xml, at, current?.scope ?? outermost);
			count += 1;
			if (count > XML_LIMITS.elements) tooLarge(`at most ${XML_LIMITS.elements} elements`, at);
			if (open.length >= XML_LIMITS.depth) tooLarge(`elements nested at most ${XML_LIMITS.depth} deep`, at);
			const { namespace, name, qualifiedName, attributes } = tag;
			const line = lines.lineOf(at);
			const parent = current?.element ?? null;
			const element = { namespace, name, qualifiedName, attributes, line, parent, children: [], text: '' };
			root ??= element;
			current?.element.children.push(element);
			if (!tag.closed) open.push({ element, scope: tag.scope });
			at = tag.end;
		}
	}
	const unclosed = open.at(-1);
	if (unclosed !== undefined) {
		const { qualifiedName, line } = unclosed.element;
		throw new XmlFailure('xml-invalid', `\`<${qualifiedName}>\` of line ${line} is not closed.`, xml.length);
	}
	if (root === null) throw new XmlFailure('xml-invalid', 'The document has no element.', xml.length);
	return root;
}

function checkCharacters(xml: string): void {
	// A character has one byte at least, and counting bytes costs memory.
	if (xml.length > XML_LIMITS.bytes || utf8Length(xml) > XML_LIMITS.bytes)
		tooLarge(`at most ${XML_LIMITS.bytes} bytes`, 0);
	const strange = NO_XML_CHARACTER.exec(xml);
	if (strange !== null)
		throw new XmlFailure('xml-invalid', 'There is a character that XML does not allow.', strange.index);
}

function utf8Length(text: string): number {
	let bytes = 0;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		// Each half of a surrogate pair counts for two of its four bytes.
		if (code < 0x80) bytes += 1;
		else bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
	}
	return bytes;
}

function tooLarge(limit: string, at: number): never {
	throw new XmlFailure('model-too-large', `A model has ${limit}.`, at);
}

function endOf(xml: string, mark: string, from: number, what: string): number {
	const at = xml.indexOf(mark, from);
	if (at === -1) throw new XmlFailure('xml-invalid', `A ${what} has no end (\`${mark}\`).`, from);
	return at + mark.length;
}

function closeElement(xml: string, at: number, open: OpenElement[]): number {
	const name = nameAt(xml, at + 2);
	const element = open.pop()?.element;
	if (element?.qualifiedName !== name) {
		const expected =
			element === undefined ? 'nothing is open' : `\`<${element.qualifiedName}>\` of line ${element.line} is open`;
		throw new XmlFailure('xml-invalid', `\`</${name}>\` closes nothing: ${expected}.`, at);
	}
	const rest = /[ \t\r\n]*>/y;
	rest.lastIndex = at + 2 + name.length;
	const matched = rest.exec(xml);
	if (matched === null) throw new XmlFailure('xml-invalid', `The tag \`</${name}\` has no end.`, at);
	return rest.lastIndex;
}

/** What is read is text already, so a declared encoding only tells that its letters may have been mistaken for others. */
function checkInstruction(instruction: string, isFirst: boolean, xml: string, at: number): void {
	if (!/^<\?xml[\s?]/i.test(instruction)) return;
	if (!isFirst) throw new XmlFailure('xml-invalid', 'The XML declaration has to come first.', at);
	const encoding = /\sencoding\s*=\s*["']([^"']*)["']/.exec(instruction)?.[1] ?? 'utf-8';
	const isAscii = !/[^\t\r\n -~]/.test(xml);
	if (encoding.toLowerCase() !== 'utf-8' && !isAscii) {
		throw new XmlFailure('xml-encoding', `The document declares \`${encoding.slice(0, 40)}\`; only UTF-8 is read.`, at);
	}
}
