import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { stop } from '../support/sendback-server.ts';
import { classPath } from './build-peers.ts';

/** More than they need; the same for each, so that their memory can be compared. */
const HEAP = '-Xmx1g';
/** Longer than any round; one that hangs must not keep the benchmark. */
const ANSWER_TIMEOUT_MS = 180_000;
const ERRORS_KEPT = 4000;

export interface Greeting {
	readonly name: string;
	readonly version: string;
	readonly java: string;
}

/** A Java process that does what it is told line by line; what it can be told is in Harness.java. */
export class JavaHarness {
	readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
	readonly #answers: AsyncIterator<string>;
	readonly #lines: Interface;
	#errors = '';
	#greeting: Greeting | null = null;

	static async start(module: string, mainClass: string, args: readonly string[]): Promise<JavaHarness> {
		const harness = new JavaHarness(await classPath(module), mainClass, args);
		try {
			harness.#greeting = await harness.#answer<Greeting>();
			return harness;
		} catch (error) {
			await harness.stop();
			throw error;
		}
	}

	private constructor(classes: string, mainClass: string, args: readonly string[]) {
		this.#child = spawn('java', [HEAP, '-cp', classes, mainClass, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
		this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
			// The beginning says what went wrong; the rest is the same for every caller.
			if (this.#errors.length < ERRORS_KEPT) this.#errors += text.slice(0, ERRORS_KEPT);
		});
		// It has ended: the missing answer says so.
		this.#child.stdin.on('error', () => undefined);
		this.#lines = createInterface(this.#child.stdout);
		this.#answers = this.#lines[Symbol.asyncIterator]();
	}

	get greeting(): Greeting {
		if (this.#greeting === null) throw new Error('bug: used before it was started');
		return this.#greeting;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	ask<Answer>(line: string): Promise<Answer> {
		this.#child.stdin.write(`${line}\n`);
		return this.#answer<Answer>(line);
	}

	async #answer<Answer>(line = 'start'): Promise<Answer> {
		const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_TIMEOUT_MS);
		try {
			const { done, value } = await this.#answers.next();
			if (done !== true) return JSON.parse(value) as Answer;
			throw new Error(`The Java process ended at "${line}":\n${this.#errors}`);
		} finally {
			clearTimeout(timer);
		}
	}

	/** It ends with its input. */
	async stop(): Promise<void> {
		this.#child.stdin.end();
		this.#lines.close();
		await stop(this.#child);
	}
}
