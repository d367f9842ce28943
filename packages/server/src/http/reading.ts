import type { FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';

/** Fewer than there are connections for it (server.ts), so that what commands have to read finds a free one. */
const AT_A_TIME = 6;

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
export function createReading(atATime = AT_A_TIME): Reading {
	const waiting: (() => void)[] = [];
	const inTurn = new WeakSet<RouteHandlerMethod>();
	const underWay = new Set<FastifyReply>();

	async function enter(reply: FastifyReply): Promise<void> {
		const take = () => underWay.add(reply);
		if (underWay.size < atATime) return void take();
		await new Promise<void>((resolve) => {
			waiting.push(() => {
				take();
				resolve();
			});
		});
	}

	/** Whoever waits takes the place. */
	function leave(reply: FastifyReply): void {
		if (underWay.delete(reply)) waiting.shift()?.();
	}

	function taken(handler: RouteHandlerMethod): RouteHandlerMethod {
		return async function (request: FastifyRequest, reply: FastifyReply) {
			await enter(reply);
			try {
				// Nobody reads for a client that has gone.
				return request.raw.socket.destroyed ? reply.hijack() : await handler.call(this, request, reply);
			} finally {
				leave(reply);
			}
		};
	}

	return {
		learn(route) {
			const { handler } = route;
			// A route is seen again as that of HEAD.
			if (route.config?.scope !== 'app_engine:approval:read' || inTurn.has(handler)) return;
			route.handler = taken(handler);
			inTurn.add(route.handler);
		},
		leave,
	};
}
