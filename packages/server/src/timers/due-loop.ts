import type { TimeMs } from '@sendback/engine/terms.ts';

export interface DueLoopOptions {
	readonly now: () => TimeMs;
	/** Does some of what is due now. @returns how much it took; where anything, more may be due at once */
	readonly pass: () => Promise<number>;
	/** When something is due next; null: nothing is. */
	readonly nextDue: () => Promise<TimeMs | null>;
	readonly log: (message: string, details?: object) => void;
}

/** Other processes may add what is due sooner, and nothing tells this one. */
const LONGEST_SLEEP_MS = 1_000;
/** What comes in quick succession is done together. */
const SHORTEST_SLEEP_MS = 10;

/** Does what is due, sleeps until something is again, and so on. Any number of processes can have one. */
export class DueLoop {
	readonly #options: DueLoopOptions;
	#timer: NodeJS.Timeout | null = null;
	#wakesAt: TimeMs = 0;
	#running: Promise<void> | null = null;
	#isStopped = false;

	constructor(options: DueLoopOptions) {
		this.#options = options;
	}

	/** Begins the loop, or makes it wake at this time where it would have slept longer. */
	wake(at: TimeMs): void {
		if (this.#isStopped) return;
		if (this.#running !== null) {
			this.#wakesAt = Math.min(this.#wakesAt, at);
			return;
		}
		if (this.#timer !== null && this.#wakesAt <= at) return;
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#wakesAt = at;
		const sleep = Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, at - this.#options.now()));
		this.#timer = setTimeout(() => this.#run(), sleep);
		// Sleeping is no reason to keep a process alive.
		this.#timer.unref();
	}

	/** Resolves when the pass that is under way has ended; nothing begins after it. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
		await this.#running;
	}

	#run(): void {
		this.#timer = null;
		this.#wakesAt = Number.POSITIVE_INFINITY;
		this.#running = this.#doAll().then((due) => {
			this.#running = null;
			this.wake(Math.min(due, this.#wakesAt));
		});
	}

	/** Never throws. Answers when something is due next. What is thrown again and again never ends, but by stopping. */
	async #doAll(): Promise<TimeMs> {
		const { now, pass, nextDue, log } = this.#options;
		try {
			while (!this.#isStopped && (await pass()) > 0);
			return (await nextDue()) ?? now() + LONGEST_SLEEP_MS;
		} catch (error) {
			log('what is due could not be looked for', { error: String(error) });
			return now() + LONGEST_SLEEP_MS;
		}
	}
}
