import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { isOneOfSeveral } from '../processes/messages.ts';
import { metricsOfAll } from '../processes/metrics-of-all.ts';
import type { Answered, CommandService } from '../services.ts';

/** What `/metrics` shows, of all processes that serve together. One registry a server, so that several can live in one process. */
export interface Metrics {
	readonly contentType: string;
	text(): Promise<string>;
	request(method: string, route: string, status: number, seconds: number): void;
	/** `outcome`: accepted, repeated, or the code of the refusal. */
	command(type: string, outcome: string): void;
}

export function createMetrics(): Metrics {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const requests = new Histogram({
		name: 'sendback_http_request_duration_seconds',
		help: 'Time from a request to its answer; its count is the number of requests.',
		labelNames: ['method', 'route', 'status'],
		buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
		registers: [registry],
	});
	const commands = new Counter({
		name: 'sendback_commands_total',
		help: 'Commands by type and outcome.',
		labelNames: ['type', 'outcome'],
		registers: [registry],
	});
	return {
		contentType: registry.contentType,
		text: isOneOfSeveral ? metricsOfAll(registry) : () => registry.metrics(),
		request: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
		command: (type, outcome) => commands.inc({ type, outcome }),
	};
}

/** The same command service, counting. */
export function countingCommands(commands: CommandService, metrics: Metrics): CommandService {
	function counted<T>(type: string, answer: Answered<T>, repeated: boolean): Answered<T> {
		metrics.command(type, answer.ok ? (repeated ? 'repeated' : 'accepted') : answer.refusal.code);
		return answer;
	}
	return {
		whyNotNow: () => commands.whyNotNow(),
		expect: () => commands.expect(),
		turnedAway: () => commands.turnedAway(),
		async start(request) {
			const answer = await commands.start(request);
			return counted('start-instance', answer, answer.ok && answer.value.repeated);
		},
		async submit(request) {
			const answer = await commands.submit(request);
			return counted(request.command.type, answer, answer.ok && answer.value.repeated);
		},
		async previewRollback(request) {
			return counted('preview-rollback', await commands.previewRollback(request), false);
		},
		async previewMigration(request) {
			return counted('preview-migration', await commands.previewMigration(request), false);
		},
		drain: () => commands.drain(),
	};
}
