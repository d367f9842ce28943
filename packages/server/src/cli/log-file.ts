import { writeSync } from 'node:fs';

const RETRY_MS = 1_000;
/** A pipe that is full: whoever reads it makes room in no time. */
const RETRY_PIPE_MS = 10;
/** Bytes of lines that wait for room; what comes then is lost. */
const MOST_WAITING = 1_000_000;

/**
 * The lines of the log, on their way to a file that may have no room: its disk is full. What does not get in waits and is
 * tried again; the server goes on, and ends without it.
 */
export class LogFile {
	readonly #file: number;
	#waiting: Buffer = Buffer.alloc(0);
	#retry: NodeJS.Timeout | null = null;

	constructor(file: number) {
		this.#file = file;
		process.on('exit', () => this.#writeWaiting());
	}

	write(line: string): void {
		if (this.#waiting.length < MOST_WAITING) this.#waiting = Buffer.concat([this.#waiting, Buffer.from(line)]);
		if (this.#retry === null) this.#writeWaiting();
	}

	#writeWaiting(): void {
		this.#retry = null;
		try {
			while (this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(this.#file, this.#waiting));
		} catch (error) {
			const wait = isFullPipe(error) ? RETRY_PIPE_MS : RETRY_MS;
			this.#retry = setTimeout(() => this.#writeWaiting(), wait).unref();
		}
	}
}

function isFullPipe(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
