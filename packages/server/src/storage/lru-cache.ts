/**
 * A map that forgets what was used longest ago: in two generations, the older of which is dropped whole once the younger
 * weighs half of the limit. What is read from the older one moves to the younger. So what was used last, up to half of
 * the limit (each with the most it weighed meanwhile), is always there, and reading does not reorder a large map, which
 * costs more than many a hit saves.
 */
export class LruCache<Value extends {}> {
	readonly #half: number;
	readonly #weigh: (value: Value) => number;
	#young = new Map<string, Value>();
	#old = new Map<string, Value>();
	#youngWeight = 0;

	constructor(limit: number, weigh: (value: Value) => number = () => 1) {
		this.#half = limit / 2;
		this.#weigh = weigh;
	}

	get(key: string): Value | undefined {
		const young = this.#young.get(key);
		if (young !== undefined) return young;
		const old = this.#old.get(key);
		if (old === undefined) return undefined;
		this.#old.delete(key);
		this.#add(key, old);
		return old;
	}

	/** Not kept where it weighs more than half of the limit. */
	set(key: string, value: Value): void {
		if (this.#weigh(value) > this.#half) {
			this.delete(key);
			return;
		}
		const before = this.#young.get(key);
		if (before === undefined) this.#old.delete(key);
		else this.#youngWeight -= this.#weigh(before);
		this.#add(key, value);
	}

	clear(): void {
		this.#young = new Map();
		this.#old = new Map();
		this.#youngWeight = 0;
	}

	delete(key: string): void {
		this.#old.delete(key);
		const young = this.#young.get(key);
		if (young === undefined) return;
		this.#young.delete(key);
		this.#youngWeight -= this.#weigh(young);
	}

	#add(key: string, value: Value): void {
		this.#young.set(key, value);
		this.#youngWeight += this.#weigh(value);
		if (this.#youngWeight <= this.#half) return;
		this.#old = this.#young;
		this.#young = new Map();
		this.#youngWeight = 0;
	}
}
