import { decodeText } from './decode-text.ts';
import { NamespaceScope } from './namespace-scope.ts';
import { XMLNS } from './namespaces.ts';
import type { XmlAttribute } from './xml-element.ts';
import { XmlFailure } from './xml-failure.ts';
import { XML_LIMITS } from './xml-limits.ts';

/** A start tag. */
export interface Tag {
	readonly qualifiedName: string;
	readonly namespace: string;
	readonly name: string;
	readonly attributes: readonly XmlAttribute[];
	readonly scope: NamespaceScope;
	/** It is the whole element: `<a/>`. */
	readonly closed: boolean;
	/** Position behind it. */
	readonly end: number;
}

/** A QName. Looser than XML on what a letter is beyond ASCII, and never more than one colon. */
const QNAME = /[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*(?::[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*)?/y;
const SPACE = /[ \t\r\n]*/y;
const VALUE = /[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

/** Reads the start tag whose `<` is at `start`. Throws XmlFailure. */
export function readTag(xml: string, start: number, outer: NamespaceScope): Tag {
	const qualifiedName = nameAt(xml, start + 1);
	const written = new Map<string, string>();
	let at = start + 1 + qualifiedName.length;
	for (;;) {
		const spaces = match(SPACE, xml, at)?.[0].length ?? 0;
		at += spaces;
		const closed = xml.startsWith('/>', at);
		if (closed || xml.charAt(at) === '>') {
			const scope = scopeOf(written, outer, at);
			const [namespace, name] = resolve(qualifiedName, scope, true, start);
			return {
				qualifiedName,
				namespace,
				name,
				scope,
				closed,
				end: at + (closed ? 2 : 1),
				attributes: resolved(written, scope, at),
			};
		}
		if (at >= xml.length) throw new XmlFailure('xml-invalid', `The tag \`<${qualifiedName}\` has no end.`, start);
		if (spaces === 0) throw new XmlFailure('xml-invalid', `The tag \`<${qualifiedName}\` is malformed.`, at);
		const attribute = nameAt(xml, at);
		const value = match(VALUE, xml, at + attribute.length);
		if (value === null)
			throw new XmlFailure('xml-invalid', `The attribute \`${attribute}\` has no value in quotes.`, at);
		if (written.has(attribute)) throw new XmlFailure('xml-invalid', `The attribute \`${attribute}\` stands twice.`, at);
		written.set(attribute, decodeText((value[1] ?? value[2] ?? '').replace(/[\t\r\n]/g, ' '), at));
		if (written.size > XML_LIMITS.attributesOfAnElement) {
			const limit = XML_LIMITS.attributesOfAnElement;
			throw new XmlFailure('model-too-large', `An element has at most ${limit} attributes.`, at);
		}
		at += attribute.length + value[0].length;
	}
}

/** The name at a position. Throws XmlFailure where there is none. */
export function nameAt(xml: string, at: number): string {
	const name = match(QNAME, xml, at)?.[0];
	if (name === undefined) throw new XmlFailure('xml-invalid', 'A name was expected.', at);
	return name;
}

function match(pattern: RegExp, xml: string, at: number): RegExpExecArray | null {
	pattern.lastIndex = at;
	return pattern.exec(xml);
}

function scopeOf(written: ReadonlyMap<string, string>, outer: NamespaceScope, at: number): NamespaceScope {
	const bound = new Map<string, string>();
	for (const [name, value] of written) {
		if (name === 'xmlns') bound.set('', value);
		else if (name.startsWith('xmlns:')) {
			const prefix = name.slice('xmlns:'.length);
			if (prefix === 'xml' || prefix === 'xmlns' || value === '') {
				throw new XmlFailure('xml-invalid', `The prefix \`${prefix}\` cannot be bound so.`, at);
			}
			bound.set(prefix, value);
		}
	}
	return bound.size === 0 ? outer : new NamespaceScope(outer, bound);
}

function resolved(written: ReadonlyMap<string, string>, scope: NamespaceScope, at: number): XmlAttribute[] {
	const attributes: XmlAttribute[] = [];
	const seen = new Set<string>();
	for (const [qualifiedName, value] of written) {
		if (qualifiedName === 'xmlns' || qualifiedName.startsWith('xmlns:')) continue;
		const [namespace, name] = resolve(qualifiedName, scope, false, at);
		const key = `${namespace} ${name}`;
		if (seen.has(key)) throw new XmlFailure('xml-invalid', `The attribute \`${qualifiedName}\` stands twice.`, at);
		seen.add(key);
		attributes.push({ namespace, name, qualifiedName, value });
	}
	return attributes;
}

function resolve(
	qualifiedName: string,
	scope: NamespaceScope,
	isElement: boolean,
	at: number,
): readonly [namespace: string, name: string] {
	const colon = qualifiedName.indexOf(':');
	if (colon === -1) return [isElement ? (scope.uriOf('') ?? '') : '', qualifiedName];
	const prefix = qualifiedName.slice(0, colon);
	const namespace = prefix === 'xmlns' ? XMLNS : scope.uriOf(prefix);
	if (namespace === null || namespace === XMLNS) {
		throw new XmlFailure('xml-invalid', `The prefix of \`${qualifiedName}\` is not bound to a namespace.`, at);
	}
	return [namespace, qualifiedName.slice(colon + 1)];
}
