/** Own property or undefined: ids and names come from outside and may be called `constructor`. */
export function lookup<T>(
	record: { readonly [key: string]: T } | { readonly [key: number]: T },
	key: string | number,
): T | undefined {
	return Object.hasOwn(record, key) ? (record as Record<string | number, T>)[key] : undefined;
}

/** As lookup, where absence is a bug. */
export function required<T>(
	record: { readonly [key: string]: T } | { readonly [key: number]: T },
	key: string | number,
): T {
	const found = lookup(record, key);
	if (found === undefined) throw new Error(`bug: no entry ${key}`);
	return found;
}
