import { XML } from './namespaces.ts';

/** The prefixes that are bound at an element; the empty prefix is the default namespace. */
export class NamespaceScope {
	readonly #outer: NamespaceScope | null;
	readonly #bound: ReadonlyMap<string, string>;

	constructor(outer: NamespaceScope | null, bound: ReadonlyMap<string, string>) {
		this.#outer = outer;
		this.#bound = bound;
	}

	static root(): NamespaceScope {
		return new NamespaceScope(
			null,
			new Map([
				['', ''],
				['xml', XML],
			]),
		);
	}

	/** Null where the prefix is not bound. */
	uriOf(prefix: string): string | null {
		return this.#bound.get(prefix) ?? this.#outer?.uriOf(prefix) ?? null;
	}
}
