import { Worker } from 'node:worker_threads';
import type { DecisionOutcome } from '@sendback/engine/dmn/evaluate-decision.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { EvaluateAnswer } from '@sendback/engine/questions.ts';
import type { Variables } from '@sendback/engine/terms.ts';
import type { FeelReply, FeelRequest } from './feel-messages.ts';

/** A plain FEEL expression takes well under a millisecond; one that takes this long is a mistake or an attack. */
const TIME_LIMIT_MS = 100;
/** A decision is many expressions: as often as this the time of one. */
const DECISION_TIMES = 5;
/** For a worker to come up on a busy machine; not part of any expression's time. */
const START_LIMIT_MS = 10_000;
/** At the time limit each, the last one waits half a minute; in practice they take milliseconds. */
const MAX_WAITING = 256;
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

export type EvaluateResult = EvaluateAnswer['result'];

export interface FeelEvaluatorOptions {
	readonly workerFile: () => URL;
	readonly timeLimitMs?: number;
	readonly maxWaiting?: number;
}

interface Waiting {
	readonly request: FeelRequest;
	/** `value`: what the worker gave, read from JSON. */
	readonly resolve: (result: EvaluateResult) => void;
}

/**
 * Evaluates FEEL in a thread of its own, one expression at a time. An expression that exceeds its time or memory ends
 * the thread, not the server; the next one gets a new thread.
 */
export class FeelEvaluator {
	readonly #workerFile: () => URL;
	readonly #timeLimitMs: number;
	readonly #maxWaiting: number;
	readonly #waiting: Waiting[] = [];
	#worker: Worker | null = null;
	#isRunning = false;

	constructor({ workerFile, timeLimitMs = TIME_LIMIT_MS, maxWaiting = MAX_WAITING }: FeelEvaluatorOptions) {
		this.#workerFile = workerFile;
		this.#timeLimitMs = timeLimitMs;
		this.#maxWaiting = maxWaiting;
	}

	/** Null when too many expressions wait already. */
	evaluate(source: string, variables: Variables): Promise<EvaluateResult | null> {
		return this.#ask({ kind: 'expression', source, variables });
	}

	/** The same for a whole decision. */
	async decide(model: DecisionModel, variables: Variables): Promise<DecisionOutcome | null> {
		const result = await this.#ask({ kind: 'decision', model, variables });
		return result?.ok ? (result.value as unknown as DecisionOutcome) : result;
	}

	#ask(request: FeelRequest): Promise<EvaluateResult | null> {
		if (this.#waiting.length >= this.#maxWaiting) return Promise.resolve(null);
		return new Promise((resolve) => {
			this.#waiting.push({ request, resolve });
			if (!this.#isRunning) void this.#run();
		});
	}

	/** Ends the thread. What still waits is answered with an error. */
	async close(): Promise<void> {
		for (const { resolve } of this.#waiting.splice(0)) resolve(failure('The server is stopping.'));
		await this.#end();
	}

	async #run(): Promise<void> {
		this.#isRunning = true;
		for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
			next.resolve(await this.#evaluateNow(next.request));
		}
		this.#isRunning = false;
	}

	async #evaluateNow(request: FeelRequest): Promise<EvaluateResult> {
		try {
			const worker = this.#worker ?? (await this.#start());
			const times = request.kind === 'decision' ? DECISION_TIMES : 1;
			const reply = nextReply(worker, this.#timeLimitMs * times);
			worker.postMessage(request);
			const message = await reply;
			if (message.kind === 'value') return { ok: true, value: JSON.parse(message.json) };
			return failure(message.kind === 'error' ? message.message : 'The expression worker is out of step.');
		} catch (error) {
			await this.#end();
			return failure(error instanceof Error ? error.message : String(error));
		}
	}

	async #start(): Promise<Worker> {
		const worker = new Worker(this.#workerFile(), { resourceLimits: MEMORY_LIMITS, env: {}, argv: [], execArgv: [] });
		worker.unref();
		this.#worker = worker;
		// Between requests nobody listens: an idle thread that ends is replaced by the next request.
		worker.on('error', () => undefined);
		worker.on('exit', () => {
			if (this.#worker === worker) this.#worker = null;
		});
		await nextReply(worker, START_LIMIT_MS);
		return worker;
	}

	async #end(): Promise<void> {
		const worker = this.#worker;
		this.#worker = null;
		await worker?.terminate();
	}
}

/** The next message of a worker; rejects when it ends first, or says nothing in time. */
function nextReply(worker: Worker, limitMs: number): Promise<FeelReply> {
	return new Promise((resolve, reject) => {
		// Once more around the event loop: when this thread was the busy one, the reply is already waiting for it.
		const timer = setTimeout(() => setImmediate(() => settle(() => reject(tooLong(limitMs)))), limitMs);
		const onMessage = (message: FeelReply) => settle(() => resolve(message));
		const onError = (error: unknown) => settle(() => reject(asError(error)));
		const onExit = () => settle(() => reject(new Error('The expression worker ended.')));
		function settle(act: () => void): void {
			clearTimeout(timer);
			worker.off('message', onMessage).off('error', onError).off('exit', onExit);
			act();
		}
		worker.on('message', onMessage).on('error', onError).on('exit', onExit);
	});
}

function tooLong(limitMs: number): Error {
	return new Error(`The expression took longer than ${limitMs} ms.`);
}

/** A thread that runs out of memory says so with an error of its own. */
function asError(error: unknown): Error {
	const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
	if (isMemory) return new Error('The expression used too much memory.');
	return error instanceof Error ? error : new Error(String(error));
}

function failure(message: string): EvaluateResult {
	return { ok: false, message };
}
