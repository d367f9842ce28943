import type { FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';
import { isHeldUp } from '../storage/postgres/server-errors.ts';
import { isDatabaseUnavailable } from './database-unavailable.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** What it reads is read in one statement for all who ask, so any number of them may. */
		readsTogether?: boolean;
	}
}

/** Fewer than there are connections for it (server.ts), so that what commands have to read finds a free one. */
const AT_A_TIME = 6;
/** As long as a connection to the database may take. */
const PATIENCE_MS = 5_000;

interface Waiting {
	readonly since: number;
	readonly goOn: () => void;
	readonly giveUp: (error: unknown) => void;
}

export interface Reading {
	/** Takes note of a route; called for each of them before the first request. */
	readonly learn: (route: RouteOptions) => void;
	/** Gives back the place of a call whose answer is there: how fast its client sends and takes is nobody else's loss. */
	readonly leave: (reply: FastifyReply) => void;
}

/**
 * Lets so many calls read at a time; the others wait, the first first, and ask for nothing meanwhile. With a thousand
 * that look at large instances the statements of each would wait for a connection until the time for that is over, most when
 * half of its work was done: nobody would get an answer, and commands, which read as well, none either.
 */
export function createReading(atATime = AT_A_TIME, patienceMs = PATIENCE_MS): Reading {
	const waiting: Waiting[] = [];
	const inTurn = new WeakSet<RouteHandlerMethod>();
	const underWay = new Set<FastifyReply>();

	async function enter(reply: FastifyReply): Promise<void> {
		if (underWay.size < atATime) {
			underWay.add(reply);
			return;
		}
		await new Promise<void>((resolve, giveUp) => {
			const goOn = () => {
				underWay.add(reply);
				resolve();
			};
			waiting.push({ since: performance.now(), goOn, giveUp });
		});
	}

	/** Of a database that cannot be asked, all who wait for long learn with the first: six at a time the last would after minutes. */
	function failed(error: unknown): void {
		if (!isDatabaseUnavailable(error) || isHeldUp(error)) return;
		const patient = waiting.findIndex(({ since }) => since > performance.now() - patienceMs);
		for (const { giveUp } of waiting.splice(0, patient === -1 ? waiting.length : patient)) giveUp(error);
	}

	/** Whoever waits takes the place. */
	function leave(reply: FastifyReply): void {
		if (underWay.delete(reply)) waiting.shift()?.goOn();
	}

	function taken(handler: RouteHandlerMethod): RouteHandlerMethod {
		return async function (request: FastifyRequest, reply: FastifyReply) {
			await enter(reply);
			try {
				// Nobody reads for a client that has gone.
				return request.raw.socket.destroyed ? reply.hijack() : await handler.call(this, request, reply);
			} catch (error) {
				failed(error);
				throw error;
			} finally {
				leave(reply);
			}
		};
	}

	return {
		learn(route) {
			const { handler, config } = route;
			if (config?.scope !== 'app_engine:approval:read' || config.readsTogether === true) return;
			// A route is seen again as that of HEAD.
			if (inTurn.has(handler)) return;
			route.handler = taken(handler);
			inTurn.add(route.handler);
		},
		leave,
	};
}
