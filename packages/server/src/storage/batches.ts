import { atEndOfTurn } from '../end-of-turn.ts';
import { goesWithFirst, takeOut } from './one-tenant.ts';

export interface BatchesOptions<Entry> {
	/** Where entries wait for the end of the turn, so that what comes in one turn goes together. */
	readonly stage: Parameters<typeof atEndOfTurn>[0];
	/** Batches under way at most; what comes meanwhile goes together in the next one. */
	readonly inFlight: number;
	readonly tenantOf: (entry: Entry) => string;
	/** True where a batch has to be of one tenant. */
	readonly isSharded: boolean;
	/** How many of those that can go together do at most, from the first on; at least one. */
	readonly size: (together: readonly Entry[]) => number;
	/** Never rejects: whoever waits for an entry learns from it. */
	readonly work: (batch: readonly Entry[]) => Promise<void>;
}

/** A queue whose entries are worked on in batches, without a timer. Answers how to put an entry into it. */
export function createBatches<Entry>(options: BatchesOptions<Entry>): (entry: Entry) => void {
	const { stage, inFlight, tenantOf, isSharded, size, work } = options;
	const waiting: Entry[] = [];
	let underWay = 0;
	let isPumpDue = false;

	function pump(): void {
		isPumpDue = false;
		while (underWay < inFlight && waiting.length > 0) {
			underWay++;
			void work(takeBatch()).finally(() => {
				underWay--;
				pumpSoon();
			});
		}
	}

	function takeBatch(): readonly Entry[] {
		const together = goesWithFirst(waiting, tenantOf, isSharded);
		const batch = together.slice(0, size(together));
		takeOut(waiting, batch);
		return batch;
	}

	function pumpSoon(): void {
		if (isPumpDue || underWay === inFlight || waiting.length === 0) return;
		isPumpDue = true;
		atEndOfTurn(stage, pump);
	}

	return (entry) => {
		waiting.push(entry);
		pumpSoon();
	};
}
