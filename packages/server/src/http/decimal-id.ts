const DECIMAL_ID = /^[1-9][0-9]{0,15}$/;

/**
 * True for what can be the id of a task, an instance or a rollback: a decimal string below 2^53. Anything else names
 * nothing, so it is answered as unknown without asking the database.
 */
export function isDecimalId(text: string): boolean {
	return DECIMAL_ID.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER;
}
