/** An element as it stands in the document. */
export interface XmlElement {
	readonly namespace: string;
	readonly name: string;
	/** The name as it is written, with its prefix. */
	readonly qualifiedName: string;
	/** Where its tag begins, from 1. */
	readonly line: number;
	readonly attributes: readonly XmlAttribute[];
	readonly parent: XmlElement | null;
	readonly children: readonly XmlElement[];
	/** The text directly in it, without that of its children. */
	readonly text: string;
}

export interface XmlAttribute {
	/** Empty for an attribute without a prefix. */
	readonly namespace: string;
	readonly name: string;
	readonly qualifiedName: string;
	readonly value: string;
}

/** The value of an attribute; null where it is absent. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | null {
	return element.attributes.find((each) => each.name === name && each.namespace === namespace)?.value ?? null;
}

export function childrenOf(element: XmlElement, namespace: string, name: string): readonly XmlElement[] {
	return element.children.filter((child) => child.namespace === namespace && child.name === name);
}
