import type { Value, Variables } from '@sendback/engine/terms.ts';
import { parseJson } from '../json-body.ts';

export const OPERATOR_EXPECTED = 'a JSON string like {"_id": 1001} or {"email": "…"}';
export const PARAMS_EXPECTED = 'a JSON string: an object of variables, or a list of {"api_name": "…", "value": …}';

/** Who executes a flow: exactly one of the two is set. */
export type Operator = { readonly id: string; readonly email: null } | { readonly id: null; readonly email: string };

/** Reads `operator`: Feishu documents a JSON string; the object itself is taken too. Null where it names nobody. */
export function parseOperator(given: unknown): Operator | null {
	const value = parsed(given);
	if (!isRecord(value)) return null;
	const id = value._id;
	if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return { id: String(id), email: null };
	if (typeof id === 'string' && id.length > 0 && id.length <= 64) return { id, email: null };
	if (id !== undefined && id !== null && id !== '') return null;
	return typeof value.email === 'string' && value.email !== '' ? { id: null, email: value.email } : null;
}

/**
 * Reads `params`: a JSON string of an object, or of a list of `{api_name, value}` as in `out_params` (`name` is taken
 * for `api_name`). Absent or empty: no variables. Null where it is neither.
 */
export function parseParams(given: unknown): Variables | null {
	if (given === undefined || given === '') return {};
	const value = parsed(given);
	if (isRecord(value)) return value;
	if (!Array.isArray(value)) return null;
	const entries: [string, Value][] = [];
	for (const item of value) {
		if (!isRecord(item)) return null;
		const name = item.api_name ?? item.name;
		if (typeof name !== 'string' || name === '') return null;
		entries.push([name, item.value ?? null]);
	}
	return Object.fromEntries(entries);
}

function parsed(given: unknown): unknown {
	if (typeof given !== 'string') return given;
	const json = parseJson(given);
	return json.ok ? json.value : null;
}

/** What JSON.parse made of an object has only JSON values in it. */
function isRecord(value: unknown): value is Readonly<Record<string, Value>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
