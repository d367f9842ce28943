import { isUtf8 } from 'node:buffer';

export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** Deeper values than this cannot be written back by every JSON writer on the way. */
const MAX_DEPTH = 100;

/** An escape that may stand for a character that no database text can hold; most bodies have none. */
const SUSPICIOUS_ESCAPE = /\\u(0000|d[89a-f])/i;
/** A number that may be too large for a double and would be stored as null: many digits, a large exponent, or some of both. */
const LARGE_NUMBER = /\d[eE]\+?\d{2}|\d{200}/;
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * Parses a request body as JSON, whatever its Content-Type says: the Python SDK sends none for its token request.
 * An empty body and `null` are an empty object, so that every missing field is named instead of the body refused.
 */
export function parseJsonBody(bytes: Buffer): JsonBody {
	if (!isUtf8(bytes)) return refused('The body is not UTF-8.');
	const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
	if (text.trim() === '') return { ok: true, value: {} };
	const parsed = parseJson(text);
	if (!parsed.ok) return parsed;
	if (parsed.value === null) return { ok: true, value: {} };
	if (typeof parsed.value !== 'object' || Array.isArray(parsed.value)) return refused('The body is not a JSON object.');
	return parsed;
}

/** Parses JSON from outside into a value that the database can hold and every writer can write. */
export function parseJson(text: string): JsonBody {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return refused('The body is not JSON.');
	}
	if (SUSPICIOUS_ESCAPE.test(text) || LARGE_NUMBER.test(text) || mayBeDeep(text)) {
		const problem = problemWithin(value);
		if (problem !== null) return refused(problem);
	}
	return { ok: true, value };
}

function refused(reason: string): JsonBody {
	return { ok: false, reason };
}

function mayBeDeep(text: string): boolean {
	let opened = 0;
	for (let index = 0; index < text.length && opened <= MAX_DEPTH; index++) {
		const character = text.charCodeAt(index);
		if (character === 0x5b || character === 0x7b) opened++;
	}
	return opened > MAX_DEPTH;
}

/** Iterative, because a body of a megabyte can nest deeper than the stack. */
function problemWithin(root: unknown): string | null {
	const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		const { value, depth } = next;
		if (typeof value === 'string' && UNSTORABLE.test(value))
			return 'The body contains U+0000 or half a surrogate pair.';
		if (typeof value === 'number' && !Number.isFinite(value)) return 'The body contains a number that is too large.';
		if (typeof value !== 'object' || value === null) continue;
		if (depth > MAX_DEPTH) return `The body nests deeper than ${MAX_DEPTH} levels.`;
		for (const [key, member] of Object.entries(value)) {
			if (UNSTORABLE.test(key)) return 'The body contains U+0000 or half a surrogate pair.';
			open.push({ value: member, depth: depth + 1 });
		}
	}
	return null;
}
