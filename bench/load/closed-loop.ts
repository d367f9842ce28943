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
 * Every caller sends its next request when it has the answer to the one before. Each window of the time is measured by
 * itself and told as soon as it is over; the callers go on without a pause. Where a caller has nothing left to do the
 * measurement ends: after that the load would be of fewer callers.
 *
 * @returns the last window
 */
export async function closedLoop(
	connections: Connections,
	operation: Operation,
	{ warmupSeconds, seconds, windows = 1 }: Timing,
	report: (measurement: Measurement) => void = () => undefined,
): Promise<Measurement> {
	const recorder = new Recorder();
	const end = performance.now() + (warmupSeconds + seconds * windows) * 1000;
	const told: Measurement[] = [];
	let last: Measurement | null = null;
	const tell = () => {
		if (last !== null) return;
		const measurement = recorder.end();
		told.push(measurement);
		if (told.length === windows || recorder.ranDry) last = measurement;
		report(measurement);
		recorder.begin();
	};
	let timer: NodeJS.Timeout = setTimeout(() => {
		recorder.begin();
		timer = setInterval(tell, seconds * 1000);
	}, warmupSeconds * 1000);
	try {
		await Promise.all(
			connections.map(async (connection, caller) => {
				while (performance.now() < end) {
					const next = operation.next(caller);
					if (next === null) {
						recorder.ranDry = true;
						tell();
						return;
					}
					await recorder.exchange(connection, next, performance.now());
				}
			}),
		);
	} finally {
		clearInterval(timer);
	}
	tell();
	return told.at(-1) ?? recorder.end();
}
