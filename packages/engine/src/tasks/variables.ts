import { cutText } from '../cut-text.ts';
import { reject } from '../rejections.ts';
import type { Variables } from '../terms.ts';
import { refused, type Stop } from '../work.ts';

const MAX_NAME_LENGTH = 255;

/** Null when the names can be variables. `__proto__` is refused: copying objects would lose it silently. */
export function whyNotVariables(variables: Variables): Stop | null {
	const bad = Object.keys(variables).find(
		(name) => name === '' || name === '__proto__' || name.length > MAX_NAME_LENGTH,
	);
	return bad === undefined ? null : refused(reject('variables-invalid', { name: cutText(bad, MAX_NAME_LENGTH) }));
}
