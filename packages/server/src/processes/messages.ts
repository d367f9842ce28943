import cluster, { type Worker } from 'node:cluster';
import type { Registry } from 'prom-client';

/** The metrics of one process, as data. */
export type ProcessMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What the processes that serve together tell the one that started them. */
export type FromProcess =
	/** It serves now. */
	| { readonly kind: 'ready'; readonly url: string; readonly greeting: string }
	/** Somebody asked it for the metrics of all. */
	| { readonly kind: 'metrics-wanted'; readonly request: number }
	/** What it was asked for. */
	| { readonly kind: 'own-metrics'; readonly request: number; readonly metrics: ProcessMetrics };

export type ToProcess =
	/** Finish what was accepted, then end. */
	| { readonly kind: 'stop' }
	| { readonly kind: 'own-metrics-wanted'; readonly request: number }
	/** `text`: null where they could not be collected. */
	| { readonly kind: 'metrics'; readonly request: number; readonly text: string | null };

/** Whether this is one of several processes that serve together, and not the one that started them. */
export const isOneOfSeveral = cluster.isWorker;

/** From one of them to the one that started it; where that is gone this one ends by itself. */
export function tell(message: FromProcess): void {
	process.send?.(message);
}

export function onTold(listen: (message: ToProcess) => void): void {
	process.on('message', (message: ToProcess) => listen(message));
}

/** To one of them; it may have ended meanwhile, also where nothing has said so yet: that would end this process too. */
export function tellProcess(worker: Worker, message: ToProcess): void {
	if (worker.isConnected()) worker.send(message, () => undefined);
}
