/**
 * The beginning of a text, `length` long at most. A character that does not fit whole is left out: half of one can be
 * written in no UTF-8, and strict readers refuse the whole of the answer that it is in.
 */
export function cutText(text: string, length: number): string {
	return text.slice(0, length).replace(/\p{Surrogate}$/u, '');
}
