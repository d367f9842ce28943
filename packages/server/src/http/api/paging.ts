import Type from 'typebox';

export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 500;

/** The query of every list: both are text, because a query has no numbers. */
export const PageQuery = {
	limit: Type.Optional(
		Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$', description: `a number from 1 to ${MAX_PAGE}` }),
	),
	cursor: Type.Optional(
		Type.String({ pattern: '^[0-9]{1,16}$', description: 'next_cursor of the page before; absent: the first page' }),
	),
};

export interface Page {
	readonly limit: number;
	/** How far the pages before reached; what that counts is the list's own matter. */
	readonly after: number;
}

export function readPage(query: { readonly limit?: string; readonly cursor?: string }): Page {
	return { limit: Number(query.limit ?? DEFAULT_PAGE), after: Number(query.cursor ?? 0) };
}

/** The answer of a list. `next_cursor` is null on the last page. */
export function pageOf<T extends Type.TSchema>(item: T) {
	return Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });
}
