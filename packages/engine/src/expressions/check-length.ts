import { FeelError } from './feel-error.ts';

/** Characters, of anything but text as JSON. A gateway needs a yes or no, an assignee a list of ids. */
const MAX_LENGTH = 64_000;

/** Throws FeelError where a value that an expression makes is too long to be kept. */
export function checkLength(characters: number): void {
	if (characters > MAX_LENGTH) throw new FeelError(`The value is longer than ${MAX_LENGTH} characters.`);
}
