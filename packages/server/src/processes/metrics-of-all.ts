import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { type FromProcess, onTold, type ProcessMetrics, tell, tellProcess } from './messages.ts';

/** A process that answers later than this hangs, and whoever looks at the metrics wants to see that. */
const PATIENCE_MS = 1_000;

/** What a process told last of its metrics, and which request for them that answered. */
interface Told {
	readonly worker: Worker;
	readonly request: number;
	readonly metrics: ProcessMetrics;
}

/** In the process that started the others: gives each that asks the metrics of all, added up. */
export function collectMetrics(onFailure: (error: unknown) => void): void {
	/** Of each that serves. */
	const told = new Map<number, Told>();
	/** The counters of those that have ended: without them the sum would go backwards. */
	let ended: Promise<ProcessMetrics> = Promise.resolve([]);
	let requests = 0;
	const waiting = new Set<() => void>();

	function learn(worker: Worker, request: number, metrics: ProcessMetrics): void {
		// An answer that comes late says nothing that a later one has not said.
		if (request < (told.get(worker.id)?.request ?? 0)) return;
		told.set(worker.id, { worker, request, metrics });
		for (const look of waiting) look();
	}

	/** Asks each, and waits for their answers, but not for one that has ended or hangs. */
	async function askAll(): Promise<number> {
		const request = ++requests;
		const asked = [...told.values()];
		for (const { worker } of asked) tellProcess(worker, { kind: 'own-metrics-wanted', request });
		const isComplete = () => asked.every(({ worker }) => (told.get(worker.id)?.request ?? request) >= request);
		await new Promise<void>((resolve) => {
			const look = () => isComplete() && end();
			const giveUp = setTimeout(end, PATIENCE_MS);
			waiting.add(look);
			look();
			function end(): void {
				clearTimeout(giveUp);
				waiting.delete(look);
				resolve();
			}
		});
		return request;
	}

	async function collect(): Promise<string> {
		const request = await askAll();
		// Of one that hangs nothing is known but what it had counted.
		const present = [...told.values()].map((each) => (each.request < request ? counters(each.metrics) : each.metrics));
		return AggregatorRegistry.aggregate([await ended, ...present]).metrics();
	}

	cluster.on('message', (worker, message: FromProcess) => {
		if (message.kind === 'ready') learn(worker, 0, []);
		// What comes after the end of its sender is of one that has been added to the others.
		if (message.kind === 'own-metrics' && told.has(worker.id)) learn(worker, message.request, message.metrics);
		if (message.kind !== 'metrics-wanted') return;
		const { request } = message;
		collect().then(
			(text) => tellProcess(worker, { kind: 'metrics', request, text }),
			(error: unknown) => {
				onFailure(error);
				tellProcess(worker, { kind: 'metrics', request, text: null });
			},
		);
	});
	cluster.on('exit', (worker) => {
		const last = counters(told.get(worker.id)?.metrics ?? []);
		told.delete(worker.id);
		ended = ended.then((sum) => AggregatorRegistry.aggregate([sum, last]).getMetricsAsJSON());
		for (const look of waiting) look();
	});
}

/** What only grows: a gauge says how things are, and says nothing of what is no more. */
function counters(metrics: ProcessMetrics): ProcessMetrics {
	// The type is a word, whatever the declarations of the library say.
	return metrics.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
}

/** In one of several processes: asks for the metrics of all. */
export function metricsOfAll(own: Registry): () => Promise<string> {
	const waiting = new Map<number, (text: string | null) => void>();
	let requests = 0;
	onTold((message) => {
		if (message.kind === 'own-metrics-wanted') {
			const { request } = message;
			// What is not told counts as what hangs: with what was told before.
			own.getMetricsAsJSON().then(
				(metrics) => tell({ kind: 'own-metrics', request, metrics }),
				() => undefined,
			);
		}
		if (message.kind !== 'metrics') return;
		waiting.get(message.request)?.(message.text);
		waiting.delete(message.request);
	});
	return async () => {
		const request = requests++;
		const text = await new Promise<string | null>((resolve) => {
			waiting.set(request, resolve);
			tell({ kind: 'metrics-wanted', request });
		});
		if (text === null) throw new Error('The metrics of the other processes could not be collected.');
		return text;
	};
}
