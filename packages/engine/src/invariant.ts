/** States what must hold; a failure is a bug of the core, never an answer to bad input. */
export function invariant(condition: boolean, claim: string): asserts condition {
	if (!condition) throw new Error(`bug: ${claim}`);
}
