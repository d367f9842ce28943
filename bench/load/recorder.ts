import { Histogram, type Latencies } from './histogram.ts';
import type { HttpConnection } from './http-connection.ts';
import type { Exchange } from './operation.ts';

export interface Measurement {
	readonly seconds: number;
	/** Operations that were done; refused ones are in `statuses` only, and not in the latencies. */
	readonly done: number;
	/** `done` a second. */
	readonly throughput: number;
	/** Answers by HTTP status. */
	readonly statuses: Readonly<Record<string, number>>;
	readonly latencies: Latencies;
	/** True where a caller had nothing left to do: then the figures are of fewer callers than asked for. */
	readonly ranDry: boolean;
	/** Open loop: requests that were due and not yet answered when the time was over. */
	readonly unanswered: number;
	/** What the client itself used, microseconds a request. */
	readonly clientCpuMicros: number;
}

/** Collects what is measured, from `begin` on; before, only the state of the callers moves. */
export class Recorder {
	#histogram = new Histogram();
	#statuses: Record<string, number> = {};
	#answers = 0;
	#startedAt = performance.now();
	#cpu = process.cpuUsage();
	ranDry = false;
	unanswered = 0;

	begin(): void {
		this.#histogram = new Histogram();
		this.#statuses = {};
		this.#answers = 0;
		this.#startedAt = performance.now();
		this.#cpu = process.cpuUsage();
	}

	/** Sends one request and notes its answer; `since` is when it was due. */
	async exchange(connection: HttpConnection, exchange: Exchange, since: number): Promise<void> {
		const answer = await connection.send(exchange.request);
		const milliseconds = performance.now() - since;
		this.#answers++;
		this.#statuses[answer.status] = (this.#statuses[answer.status] ?? 0) + 1;
		if (exchange.answered(answer)) this.#histogram.record(milliseconds);
		else if (answer.status !== 429) throw new Error(`refused with ${answer.status}: ${answer.body.toString()}`);
	}

	end(): Measurement {
		const seconds = (performance.now() - this.#startedAt) / 1000;
		const { user, system } = process.cpuUsage(this.#cpu);
		return {
			seconds,
			done: this.#histogram.count,
			throughput: this.#histogram.count / seconds,
			statuses: { ...this.#statuses },
			latencies: this.#histogram.latencies(),
			ranDry: this.ranDry,
			unanswered: this.unanswered,
			clientCpuMicros: (user + system) / Math.max(1, this.#answers),
		};
	}
}

export type Connections = readonly HttpConnection[];

export interface Timing {
	readonly warmupSeconds: number;
	readonly seconds: number;
	/** How often these seconds are measured, one right after the other. */
	readonly windows?: number;
}
