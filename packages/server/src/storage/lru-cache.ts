/** A map that forgets what was used longest ago once the weights of its entries sum up to more than its limit. */
export class LruCache<Value> {
	readonly #limit: number;
	readonly #entries = new Map<string, { readonly value: Value; readonly weight: number }>();
	#weight = 0;

	constructor(limit: number) {
		this.#limit = limit;
	}

	get(key: string): Value | undefined {
		const entry = this.#entries.get(key);
		if (entry === undefined) return undefined;
		// A Map keeps the order of insertion: the first entry is the one used longest ago.
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		return entry.value;
	}

	set(key: string, value: Value, weight = 1): void {
		this.delete(key);
		this.#entries.set(key, { value, weight });
		this.#weight += weight;
		for (const oldest of this.#entries.keys()) {
			if (this.#weight <= this.#limit) break;
			this.delete(oldest);
		}
	}

	delete(key: string): void {
		const entry = this.#entries.get(key);
		if (entry === undefined) return;
		this.#entries.delete(key);
		this.#weight -= entry.weight;
	}
}
