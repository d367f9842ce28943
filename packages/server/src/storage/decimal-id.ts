const DECIMAL_ID = /^[1-9][0-9]{0,15}$/;

/** True where a text can be an id of ours at all; ids from outside are any text, and the database takes only bigints. */
export function isDecimalId(text: string): boolean {
	return DECIMAL_ID.test(text) && Number.isSafeInteger(Number(text));
}

/** True where PostgreSQL can hold a text: it takes everything but NUL. */
export function isStorable(text: string): boolean {
	return !text.includes('\0');
}
