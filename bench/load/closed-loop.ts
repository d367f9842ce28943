import type { Operation } from './operation.ts';
import { type Connections, type Measurement, Recorder, type Timing } from './recorder.ts';

/** Runs callers until none of them has anything to do. For preparing; nothing is measured. */
export async function runDry(connections: Connections, operation: Operation): Promise<void> {
	const recorder = new Recorder();
	await Promise.all(
		connections.map(async (connection, caller) => {
			for (let next = operation.next(caller); next !== null; next = operation.next(caller)) {
				await recorder.exchange(connection, next, performance.now());
			}
		}),
	);
}

/**
 * Every caller sends its next request when it has the answer to the one before. Where a caller has nothing left to do the
 * measurement ends: after that the load would be of fewer callers.
 */
export async function closedLoop(
	connections: Connections,
	operation: Operation,
	{ warmupSeconds, seconds }: Timing,
): Promise<Measurement> {
	const recorder = new Recorder();
	const begin = performance.now() + warmupSeconds * 1000;
	const end = begin + seconds * 1000;
	let measurement: Measurement | null = null;
	const started = setTimeout(() => recorder.begin(), warmupSeconds * 1000);
	const ended = setTimeout(() => {
		measurement ??= recorder.end();
	}, end - performance.now());
	await Promise.all(
		connections.map(async (connection, caller) => {
			while (performance.now() < end) {
				const next = operation.next(caller);
				if (next === null) {
					recorder.ranDry = true;
					measurement ??= recorder.end();
					return;
				}
				await recorder.exchange(connection, next, performance.now());
			}
		}),
	).finally(() => {
		clearTimeout(started);
		clearTimeout(ended);
	});
	return measurement ?? recorder.end();
}
