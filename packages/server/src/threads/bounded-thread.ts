import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { TenantId } from '../services.ts';
import { TurnsOfTenants } from '../turns-of-tenants.ts';
import type { Protocol } from './protocol.ts';

/** For a thread to come up on a busy machine; not part of any request's time. */
const START_LIMIT_MS = 10_000;

export interface BoundedThreadOptions {
	/** The compiled file; see thread-file.ts. */
	readonly file: () => URL;
	readonly memory: ResourceLimits;
	/** Requests of a tenant that wait for the thread; more are turned away. */
	readonly maxWaiting: number;
	/** A thread that had nothing to do for so long is ended; absent: it stays. */
	readonly idleMs?: number;
}

/** Why there is no reply. `error`: what the thread ended with, where it said so. */
export type NoReply =
	| { readonly ok: false; readonly why: 'busy' | 'stopping' | 'too-much-memory' }
	| { readonly ok: false; readonly why: 'too-long'; readonly limitMs: number }
	| { readonly ok: false; readonly why: 'ended'; readonly error: unknown };

export type Outcome<Reply> = { readonly ok: true; readonly reply: Reply } | NoReply;

interface Waiting {
	/** The request as text. */
	readonly text: string;
	readonly limitMs: number;
	readonly resolve: (outcome: Outcome<string>) => void;
	readonly reject: (error: unknown) => void;
}

/**
 * A thread for work that may take long or much memory, one request at a time, the tenants in turn. What exceeds its limits ends the thread and not the server; the next
 * request gets a new one. So a thread keeps nothing from one request to the next. Its first message says that it is ready,
 * and each further one replies to a request (serve-thread.ts). All of them are JSON: to clone a large object takes this
 * thread three times as long as to write or read its text.
 */
export class BoundedThread<P extends Protocol> {
	readonly #options: BoundedThreadOptions;
	readonly #waiting = new TurnsOfTenants<Waiting>();
	#worker: Worker | null = null;
	#isRunning = false;
	#isClosed = false;
	#idle: NodeJS.Timeout | undefined;

	constructor(options: BoundedThreadOptions) {
		this.#options = options;
	}

	/** @param limitMs how long the thread may work on it */
	async ask<Kind extends keyof P>(
		tenant: TenantId,
		kind: Kind,
		request: P[Kind]['request'],
		limitMs: number,
	): Promise<Outcome<P[Kind]['reply']>> {
		if (this.#isClosed) return { ok: false, why: 'stopping' };
		if (this.#waiting.count(tenant) >= this.#options.maxWaiting) return { ok: false, why: 'busy' };
		const text = JSON.stringify({ kind, request });
		const outcome = await new Promise<Outcome<string>>((resolve, reject) => {
			this.#waiting.put(tenant, { text, limitMs, resolve, reject });
			if (!this.#isRunning) void this.#run();
		});
		return outcome.ok ? { ok: true, reply: JSON.parse(outcome.reply) } : outcome;
	}

	/** Ends the thread; what it works on and what still waits gets no reply. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (let next = this.#waiting.next(); next !== undefined; next = this.#waiting.next()) {
			next.resolve({ ok: false, why: 'stopping' });
		}
		await this.#end();
	}

	async #run(): Promise<void> {
		clearTimeout(this.#idle);
		this.#isRunning = true;
		for (let next = this.#waiting.next(); next !== undefined; next = this.#waiting.next()) {
			await this.#outcomeOf(next).then(next.resolve, next.reject);
		}
		this.#isRunning = false;
		const { idleMs } = this.#options;
		if (idleMs !== undefined) this.#idle = setTimeout(() => void this.#end(), idleMs).unref();
	}

	async #outcomeOf(waiting: Waiting): Promise<Outcome<string>> {
		const outcome = await this.#exchange(waiting);
		if (outcome.ok) return outcome;
		await this.#end();
		return this.#isClosed ? { ok: false, why: 'stopping' } : outcome;
	}

	async #exchange({ text, limitMs }: Waiting): Promise<Outcome<string>> {
		const known = this.#worker;
		const worker = known ?? this.#start();
		if (known === null) {
			const ready = await nextMessage(worker, START_LIMIT_MS);
			if (!ready.ok) return ready;
		}
		const reply = nextMessage(worker, limitMs);
		worker.postMessage(text);
		return reply;
	}

	#start(): Worker {
		const { file, memory } = this.#options;
		const worker = new Worker(file(), { resourceLimits: memory, env: {}, argv: [], execArgv: [] });
		worker.unref();
		this.#worker = worker;
		// Between requests nobody listens: an idle thread that ends is replaced by the next request.
		worker.on('error', () => undefined);
		worker.on('exit', () => {
			if (this.#worker === worker) this.#worker = null;
		});
		return worker;
	}

	async #end(): Promise<void> {
		clearTimeout(this.#idle);
		const worker = this.#worker;
		this.#worker = null;
		await worker?.terminate();
	}
}

/** Not ok when the thread ends first, or says nothing in time. */
function nextMessage(worker: Worker, limitMs: number): Promise<Outcome<string>> {
	return new Promise((resolve) => {
		// Once more around the event loop: when this thread was the busy one, the reply is already waiting for it.
		const timer = setTimeout(() => setImmediate(() => settle({ ok: false, why: 'too-long', limitMs })), limitMs);
		const onMessage = (reply: string) => settle({ ok: true, reply });
		const onError = (error: unknown) =>
			settle(isOutOfMemory(error) ? { ok: false, why: 'too-much-memory' } : { ok: false, why: 'ended', error });
		const onExit = () => settle({ ok: false, why: 'ended', error: null });
		function settle(outcome: Outcome<string>): void {
			clearTimeout(timer);
			worker.off('message', onMessage).off('error', onError).off('exit', onExit);
			resolve(outcome);
		}
		worker.on('message', onMessage).on('error', onError).on('exit', onExit);
	});
}

function isOutOfMemory(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
