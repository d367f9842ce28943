interface Entry<Value> {
	readonly value: Value;
	readonly weight: number;
}

/**
 * A map that forgets what was used longest ago: in two generations, the older of which is dropped whole once the younger
 * weighs half of the limit. What is read from the older one moves to the younger. So what was used last, up to half of
 * the limit (each with the most it weighed meanwhile), is always there, and reading does not reorder a large map, which
 * costs more than many a hit saves.
 */
export class LruCache<Value> {
	readonly #half: number;
	#young = new Map<string, Entry<Value>>();
	#old = new Map<string, Entry<Value>>();
	#youngWeight = 0;

	constructor(limit: number) {
		this.#half = limit / 2;
	}

	get(key: string): Value | undefined {
		const young = this.#young.get(key);
		if (young !== undefined) return young.value;
		const old = this.#old.get(key);
		if (old === undefined) return undefined;
		this.#old.delete(key);
		this.#add(key, old);
		return old.value;
	}

	/** Not kept where it weighs more than half of the limit. */
	set(key: string, value: Value, weight = 1): void {
		this.delete(key);
		if (weight <= this.#half) this.#add(key, { value, weight });
	}

	delete(key: string): void {
		this.#old.delete(key);
		const young = this.#young.get(key);
		if (young === undefined) return;
		this.#young.delete(key);
		this.#youngWeight -= young.weight;
	}

	#add(key: string, entry: Entry<Value>): void {
		this.#young.set(key, entry);
		this.#youngWeight += entry.weight;
		if (this.#youngWeight <= this.#half) return;
		this.#old = this.#young;
		this.#young = new Map();
		this.#youngWeight = 0;
	}
}
