/**
 * A source in which the hexadecimal digits that follow a `\uXXXX` are escapes themselves: feelin takes up to six digits for
 * one escape, where FEEL has four, and six with `\U` (DMN 1.5, 10.3.1.2).
 */
export function boundEscapes(source: string): string {
	return source.replace(/\\(?:(u[\da-fA-F]{4})([\da-fA-F]+)|.)/gs, (written, four?: string, following = '') =>
		four === undefined ? written : `\\${four}${[...following].map(escapeOf).join('')}`,
	);
}

function escapeOf(digit: string): string {
	return `\\u00${digit.charCodeAt(0).toString(16)}`;
}
