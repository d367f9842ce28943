/** The expression cannot be evaluated, or its value is not data, or too much of it. */
export class FeelError extends Error {
	override readonly name = 'FeelError';
}
