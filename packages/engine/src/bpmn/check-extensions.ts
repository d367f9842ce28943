import { ownElements } from './check-ids.ts';
import { EXTENSION_POLICIES, NEUTRAL_VALUES } from './extension-policy.ts';
import type { Reading } from './reading.ts';
import { XML, XSI } from './xml/namespaces.ts';
import type { XmlElement } from './xml/xml-element.ts';

/** One kind of extension that is ignored: said once, where it stands first. A namespace we do not know is one kind. */
interface Ignored {
	readonly first: XmlElement;
	readonly shown: string;
	places: number;
}

/** Extensions that are ignored, by kind. */
export type IgnoredExtensions = Map<string, Ignored>;

/** Refuses extensions of an element, and of what it contains, that would change what happens; notes those ignored. */
export function checkExtensions(subject: XmlElement, reading: Reading, ignored: IgnoredExtensions): void {
	for (const element of ownElements(subject)) checkExtensionsOf(element, reading, ignored);
}

/** The same for the element alone. */
export function checkExtensionsOf(element: XmlElement, reading: Reading, ignored: IgnoredExtensions): void {
	checkAttributes(element, reading, ignored);
	for (const child of element.children) {
		if (child.namespace === element.namespace && child.name === 'extensionElements') {
			for (const extension of child.children) checkElement(extension, element, reading, ignored);
		} else if (child.namespace !== element.namespace) checkElement(child, element, reading, ignored);
	}
}

/** Says once for each kind of extension that it is ignored. */
export function reportIgnored(ignored: IgnoredExtensions, reading: Reading): void {
	for (const { first, shown, places } of ignored.values()) {
		reading.report('extension-ignored', first, `${shown}${places === 1 ? '' : ` (in ${places} places)`}.`);
	}
}

function checkAttributes(element: XmlElement, reading: Reading, ignored: IgnoredExtensions): void {
	for (const { namespace, name, qualifiedName, value } of element.attributes) {
		if (namespace === '' || namespace === XSI || namespace === XML) continue;
		const policy = EXTENSION_POLICIES.get(namespace);
		const shown = `\`${qualifiedName}\` of \`<${element.qualifiedName}>\``;
		const readOn =
			policy !== undefined && Object.hasOwn(policy.readAttributes, name) ? policy.readAttributes[name] : [];
		if (readOn?.includes(element.name)) continue;
		if (policy?.refusedAttributes.has(name) && asksFor(name, value))
			reading.report('extension-not-supported', element, `${shown}.`);
		else if (policy?.strict) reading.report('sendback-unknown', element, `${shown}.`);
		else note(ignored, policy === undefined ? namespace : `@${namespace} ${name} ${element.name}`, element, shown);
	}
}

/** What is blank, switched off, or says what holds anyway, changes nothing. */
function asksFor(name: string, value: string): boolean {
	return !['', 'false', NEUTRAL_VALUES[name]].includes(value.trim());
}

function checkElement(extension: XmlElement, owner: XmlElement, reading: Reading, ignored: IgnoredExtensions): void {
	const { namespace, name, qualifiedName } = extension;
	const policy = EXTENSION_POLICIES.get(namespace);
	const shown = `\`<${qualifiedName}>\` in \`<${owner.qualifiedName}>\``;
	const readIn = policy !== undefined && Object.hasOwn(policy.readElements, name) ? policy.readElements[name] : [];
	if (readIn?.includes(owner.name)) return;
	if (policy?.refusedElements.has(name)) reading.report('extension-not-supported', extension, `${shown}.`);
	else if (policy?.strict) reading.report('sendback-unknown', extension, `${shown}.`);
	else note(ignored, policy === undefined ? namespace : `<${namespace} ${name} ${owner.name}`, extension, shown);
}

function note(ignored: IgnoredExtensions, kind: string, first: XmlElement, shown: string): void {
	const known = ignored.get(kind);
	if (known === undefined) ignored.set(kind, { first, shown, places: 1 });
	else known.places += 1;
}
