/** An open task that can be decided, and what was completed before it in its instance. */
export interface StockItem {
	readonly task: string;
	readonly user: string;
	/** Tasks of the instance that can be returned to, the latest last. */
	readonly completed: readonly string[];
}

/** What each caller has to work on, first in, first out. */
export class Stock {
	readonly callers: number;
	readonly #shelves: readonly Shelf[];

	constructor(callers: number) {
		this.callers = callers;
		this.#shelves = Array.from({ length: callers }, () => ({ items: [], taken: 0 }));
	}

	size(caller: number): number {
		const { items, taken } = this.#shelf(caller);
		return items.length - taken;
	}

	put(caller: number, item: StockItem): void {
		this.#shelf(caller).items.push(item);
	}

	take(caller: number): StockItem | null {
		const shelf = this.#shelf(caller);
		const item = shelf.items[shelf.taken];
		if (item === undefined) return null;
		shelf.taken++;
		if (shelf.taken > 1000 && shelf.taken * 2 > shelf.items.length) {
			shelf.items.splice(0, shelf.taken);
			shelf.taken = 0;
		}
		return item;
	}

	#shelf(caller: number): Shelf {
		const shelf = this.#shelves[caller];
		if (shelf === undefined) throw new Error(`bug: there is no caller ${caller}`);
		return shelf;
	}
}

interface Shelf {
	readonly items: StockItem[];
	taken: number;
}
