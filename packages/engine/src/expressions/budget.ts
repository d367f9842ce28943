import { FeelError } from './feel-error.ts';

/** A tenth of a second, as an expression has elsewhere. */
const MAX_VALUES = 250_000;

/** What one value takes where it is a member of an object that is compared with another. */
const EFFORT = 8;

interface Spending {
	spend(values: number): void;
}

/** What one evaluation may look at beyond its own size: the values that it compares, and those that it gives. */
export class Budget {
	#left = MAX_VALUES;
	readonly #effort: Spending | undefined;

	/** @param effort of the step that it is a part of */
	constructor(effort?: Spending) {
		this.#effort = effort;
	}

	/** Throws FeelError where nothing is left. */
	spend(values: number): void {
		this.#left -= values;
		this.#effort?.spend(EFFORT * values);
		if (this.#left < 0) throw new FeelError(`It compares or makes more than ${MAX_VALUES} values.`);
	}
}
