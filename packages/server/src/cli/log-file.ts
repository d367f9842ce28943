import { write, writeSync } from 'node:fs';

const RETRY_MS = 1_000;
/** Characters of lines that wait for room; what comes then is lost. */
const MOST_WAITING = 1_000_000;

/**
 * The lines of the log, on their way to a file that may take nothing: its disk is full, or nobody reads the pipe. No call
 * waits for it, and the process ends without it.
 */
export class LogFile {
	readonly #file: number;
	#waiting = '';
	#part: Buffer = Buffer.alloc(0);
	#isBusy = false;

	constructor(file: number) {
		this.#file = file;
		process.on('exit', () => this.#writeLast());
	}

	write(line: string): void {
		if (this.#waiting.length < MOST_WAITING) this.#waiting += line;
		if (!this.#isBusy) this.#writeNext();
	}

	#writeNext(): void {
		this.#isBusy = false;
		if (this.#part.length === 0) {
			this.#part = Buffer.from(this.#waiting);
			this.#waiting = '';
		}
		if (this.#part.length === 0) return;
		this.#isBusy = true;
		write(this.#file, this.#part, (error, written) => {
			if (error === null) {
				this.#part = this.#part.subarray(written);
				this.#writeNext();
			} else setTimeout(() => this.#writeNext(), RETRY_MS).unref();
		});
	}

	/** Once: what is not taken now never will be. */
	#writeLast(): void {
		try {
			writeSync(this.#file, this.#waiting);
		} catch {
			// There is nowhere left to say so.
		}
	}
}
