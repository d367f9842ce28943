/** First in, first out, without moving the rest at each step as `Array.shift` does. */
export class Queue<T> {
	#items: T[] = [];
	#taken = 0;

	get size(): number {
		return this.#items.length - this.#taken;
	}

	put(item: T): void {
		this.#items.push(item);
	}

	take(): T | undefined {
		const item = this.#items[this.#taken];
		if (item === undefined) {
			this.#items = [];
			this.#taken = 0;
		} else this.#taken++;
		return item;
	}
}
