import { reject } from './rejections.ts';
import type { Stop } from './work.ts';

/** One to four seconds: of what is counted here a processor does five to twenty in a millionth of one. */
const EFFORT_PER_STEP = 20_000_000;

/** Of an expression, beside the values that it looks at. */
export const EVALUATION = 20;

/**
 * What a step looks at: tokens, scopes and values, each as one. Firings alone do not say how long a step takes, as each may
 * look at ten thousand tokens, or have thousands of conditions evaluated; and a step is decided in one go, while everybody
 * else waits.
 */
export class Effort {
	#spent = 0;

	get spent(): number {
		return this.#spent;
	}

	spend(looks: number): void {
		this.#spent += looks;
	}

	/** As a stop where it is more than a step may take; else null. */
	whyTooMuch(): Stop | null {
		if (this.#spent <= EFFORT_PER_STEP) return null;
		return { kind: 'refused', rejection: reject('run-limit', { effort: String(EFFORT_PER_STEP) }) };
	}
}
