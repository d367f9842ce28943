import type { Operation } from './operation.ts';
import { type Connections, type Measurement, Recorder, type Timing } from './recorder.ts';

/** How often it looks what has become due. */
const TICK_MS = 1;

export interface Arrivals extends Omit<Timing, 'windows'> {
	/** Requests a second. */
	readonly rate: number;
	/** Whom they come from, in turn. */
	readonly callers: number;
}

/**
 * Requests fall due at a fixed rate whether or not earlier ones are answered; the latency of each counts from when it was
 * due, so that a stall is seen by everybody who would have met it. What is due while all connections wait, waits too.
 */
export function openLoop(
	connections: Connections,
	operation: Operation,
	{ warmupSeconds, seconds, rate, callers }: Arrivals,
): Promise<Measurement> {
	const recorder = new Recorder();
	const free = [...connections];
	const start = performance.now();
	const begin = start + warmupSeconds * 1000;
	const end = begin + seconds * 1000;
	let sent = 0;
	let isMeasuring = false;

	return new Promise((resolve, reject) => {
		const timer = setInterval(() => {
			const now = performance.now();
			if (!isMeasuring && now >= begin) {
				isMeasuring = true;
				recorder.begin();
			}
			if (now < end) return sendDue();
			clearInterval(timer);
			const due = Math.floor(((end - start) / 1000) * rate);
			recorder.unanswered = due - sent + connections.length - free.length;
			resolve(recorder.end());
		}, TICK_MS);

		function sendDue(): void {
			const due = ((performance.now() - start) / 1000) * rate;
			for (let connection = free.pop(); connection !== undefined; connection = free.pop()) {
				const next = sent < due ? operation.next(sent % callers) : null;
				if (next === null) {
					recorder.ranDry ||= sent < due;
					free.push(connection);
					return;
				}
				const dueAt = start + (sent / rate) * 1000;
				sent++;
				const used = connection;
				recorder.exchange(used, next, dueAt).then(() => {
					free.push(used);
					if (performance.now() < end) sendDue();
				}, reject);
			}
		}
	});
}
