import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, RouteOptions } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { atEndOfTurn } from '../end-of-turn.ts';
import { type Refusal, SHUTTING_DOWN } from '../refusals.ts';
import type { CommandService } from '../services.ts';
import { type Answer, writeAnswer } from './answer.ts';
import { nativeRefusal } from './api/problems.ts';
import { discardBody } from './discard-body.ts';
import { feishuRefusal } from './feishu/answers.ts';
import { givesCommands } from './let-in.ts';
import { createLine } from './line.ts';
import { newLogId } from './log-id.ts';
import type { Metrics } from './metrics.ts';
import { NATIVE_PREFIX, ROUTER_OPTIONS } from './paths.ts';

export interface Door {
	/** Takes note of a route; called for each of them before the first request. */
	readonly learn: (route: RouteOptions) => void;
	/** What listens to the requests: the door, and the framework behind it. */
	readonly inFrontOf: (framework: RequestListener) => RequestListener;
	/** From now on it turns away whoever comes, and each connection ends with its next answer. */
	readonly close: () => void;
}

interface DoorDependencies {
	readonly commands: CommandService;
	readonly metrics: Metrics;
	readonly log: FastifyBaseLogger;
}

/** A route whose calls can be turned away. */
interface Call {
	readonly route: string;
	readonly answer: (refusal: Refusal, logId: string) => Answer;
}

/**
 * Turns away what the commands have no room for, before the framework sees it. Under twice the load every other call is
 * turned away, and what that costs is not there for the others: in front of the framework it is half (docs/performance.md).
 * Whoever has to wait for that is asked again when it is done: there may be room by then.
 */
export function createDoor({ commands, metrics, log }: DoorDependencies): Door {
	const calls = findMyWay(ROUTER_OPTIONS);
	let isClosing = false;

	function callOf({ method = '', url = '' }: IncomingMessage): Call | null {
		return calls.find(method as HTTPMethod, url)?.store ?? null;
	}

	function turnAway(request: IncomingMessage, response: ServerResponse, call: Call, refusal: Refusal): void {
		const { method = '' } = request;
		const logId = newLogId();
		const answer = call.answer(refusal, logId);
		commands.turnedAway();
		metrics.command('unread', refusal.code);
		metrics.request(method, call.route, answer.status, 0);
		log.debug({ log_id: logId, method, route: call.route, status: answer.status }, 'turned away');
		if (isClosing) response.shouldKeepAlive = false;
		if (response.shouldKeepAlive) writeAnswer(response, logId, answer);
		else void discardBody(request).then(() => writeAnswer(response, logId, answer));
	}

	return {
		learn({ method, url, config }) {
			if (!givesCommands(config?.scope)) return;
			const call: Call = { route: url, answer: url.startsWith(NATIVE_PREFIX) ? nativeRefusal : feishuRefusal };
			calls.on(method as HTTPMethod | HTTPMethod[], url, () => undefined, call);
		},
		inFrontOf(framework) {
			const refusalNow = () => (isClosing ? SHUTTING_DOWN : commands.whyNotNow());
			const letThrough: RequestListener = (request, response) => {
				// Whoever is served on and on would keep the server from ending.
				if (isClosing) response.shouldKeepAlive = false;
				framework(request, response);
			};
			const line = createLine({ now: () => performance.now(), atEndOfTurn: (run) => atEndOfTurn('turn away', run) });
			return (request, response) => {
				const call = refusalNow() === null ? null : callOf(request);
				if (call === null) return letThrough(request, response);
				line.join(() => {
					if (request.socket.destroyed) return;
					const refusal = refusalNow();
					if (refusal === null) letThrough(request, response);
					else turnAway(request, response, call, refusal);
				});
			};
		},
		close: () => {
			isClosing = true;
		},
	};
}
