import cluster from 'node:cluster';
import promClient, { type Registry } from 'prom-client';
import { type FromProcess, onTold, tell, tellProcess } from './messages.ts';

/** In the process that started the others: gives each that asks the metrics of all, added up. */
export function collectMetrics(onFailure: (error: unknown) => void): void {
	const all = new promClient.AggregatorRegistry();
	cluster.on('message', (worker, message: FromProcess) => {
		if (message.kind !== 'metrics-wanted') return;
		const { request } = message;
		all.clusterMetrics().then(
			(text) => tellProcess(worker, { kind: 'metrics', request, text }),
			(error: unknown) => {
				onFailure(error);
				tellProcess(worker, { kind: 'metrics', request, text: null });
			},
		);
	});
}

/** In one of several processes: asks for the metrics of all. */
export function metricsOfAll(own: Registry): () => Promise<string> {
	promClient.AggregatorRegistry.setRegistries([own]);
	new promClient.AggregatorRegistry();
	const waiting = new Map<number, (text: string | null) => void>();
	let requests = 0;
	onTold((message) => {
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
