import { FeelError } from './feel-error.ts';

/** A tenth of a second, as an expression has elsewhere. */
const MAX_VALUES = 250_000;

/** What one evaluation may look at beyond its own size: the values that it compares, and those that it gives. */
export class Budget {
	#left = MAX_VALUES;

	/** Throws FeelError where nothing is left. */
	spend(values: number): void {
		this.#left -= values;
		if (this.#left < 0) throw new FeelError(`It compares or makes more than ${MAX_VALUES} values.`);
	}
}
