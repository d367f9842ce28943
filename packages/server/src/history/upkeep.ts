import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import { DAY_MS } from '../storage/dated-ids.ts';
import { run } from '../storage/postgres/connect.ts';
import { expire } from './expire.ts';
import { makeMonths } from './log-months.ts';

const EVERY_MS = 3_600_000;
/** A server that is started again and again within the hour looks after its tables too, and none does at its start. */
const FIRST_AFTER_MS = 300_000;

export interface UpkeepOptions {
	readonly pool: pg.Pool;
	readonly now: () => TimeMs;
	readonly log: (message: string, details?: object) => void;
}

/** What a server does for its tables every hour. Any number of processes can have one. */
export class Upkeep {
	readonly #options: UpkeepOptions;
	#timer: NodeJS.Timeout;
	#running: Promise<void> = Promise.resolve();
	#isStopped = false;

	constructor(options: UpkeepOptions) {
		this.#options = options;
		this.#timer = this.#planPass(FIRST_AFTER_MS);
	}

	#planPass(afterMs: number): NodeJS.Timeout {
		const timer = setTimeout(() => {
			this.#timer = this.#planPass(EVERY_MS);
			this.#running = this.#running.then(() => this.pass());
		}, afterMs);
		// No reason to keep a process alive.
		return timer.unref();
	}

	/** Never throws: what fails is tried again in an hour, and keeps nothing else from being done. */
	async pass(): Promise<void> {
		const { pool, now, log } = this.#options;
		for (const work of [() => makeMonths(pool, now()), () => this.#expire()]) {
			if (this.#isStopped) return;
			try {
				await work();
			} catch (error) {
				log('the tables could not be looked after', { error: String(error) });
			}
		}
	}

	/** It reads two tables whole, so one process does it, once a day; another one where that does not end with it. */
	async #expire(): Promise<void> {
		const { pool, now } = this.#options;
		const until = now() + EVERY_MS;
		const claimed = await run(pool, 'claim-upkeep', ['expire', now(), until]);
		if (claimed.length === 0) return;
		await expire(pool, now(), () => this.#isStopped);
		if (!this.#isStopped) await run(pool, 'claim-upkeep', ['expire', until, now() + DAY_MS]);
	}

	/** Resolves when what is under way has ended; nothing begins after it. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		clearTimeout(this.#timer);
		await this.#running;
	}
}
