import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of a connection that wait for the one before them, at most; who asks further ahead than that is cut off. */
const MAX_AHEAD = 20;

/** A connection that has sent a request. */
interface Connection {
	isBusy: boolean;
	/** Requests that came before the answer to the one before them was out. */
	readonly waiting: (() => void)[];
	/** What had come of it when its last answer was out, in bytes; more means that a request is on its way. */
	taken: number;
}

export interface Connections {
	/** Hands on the requests of a connection one after the other. */
	readonly oneAtATime: (listener: RequestListener) => RequestListener;
	/** Ends connections on which nothing has moved for so long, but not while an answer is being worked on. */
	readonly endAfter: (server: Server, milliseconds: number) => void;
	/**
	 * Says which connections a server that closes has to wait for. Node would cut short an answer that is still being taken, and
	 * wait for whoever has never asked for anything. Who has only come, or is sending a request, has so long for it, and an
	 * answer may stand still for so long.
	 */
	readonly closeIdle: (server: Server, milliseconds: number) => void;
}

/**
 * What one connection may hold of this process: the answer to one request. A client can ask ahead (pipelining), over a
 * thousand times in a packet, and Node hands on whatever is in it at once: the answers to all of it would be worked out in one
 * turn of the event loop, and wait in memory for a client that takes none of them.
 */
export function createConnections(): Connections {
	const connections = new WeakMap<Socket, Connection>();

	function connectionOf(socket: Socket): Connection {
		const known = connections.get(socket);
		if (known !== undefined) return known;
		const connection = { isBusy: false, waiting: [], taken: 0 };
		connections.set(socket, connection);
		return connection;
	}

	return {
		oneAtATime: (listener) => (request, response) => {
			const { socket } = request;
			const connection = connectionOf(socket);
			const handOn = () => {
				connection.isBusy = true;
				response.once('close', () => {
					connection.isBusy = false;
					connection.taken = socket.bytesRead;
					// The others have their turns too.
					if (connection.waiting.length > 0) setImmediate(handOnNext);
				});
				listener(request, response);
			};
			const handOnNext = () => {
				// Of one that ends nobody waits for answers, and what was asked for is not done.
				if (socket.writable) connection.waiting.shift()?.();
				else connection.waiting.length = 0;
			};
			if (!connection.isBusy && connection.waiting.length === 0) handOn();
			else if (connection.waiting.length < MAX_AHEAD) connection.waiting.push(handOn);
			else socket.destroy();
		},
		endAfter: (server, milliseconds) => {
			server.setTimeout(milliseconds, (socket: Socket) => {
				const isWorkedOn = connections.get(socket)?.isBusy === true && socket.writableLength === 0;
				if (!isWorkedOn) socket.destroy();
			});
		},
		closeIdle: (server, milliseconds) => {
			const open = new Set<Socket>();
			server.on('connection', (socket: Socket) => {
				open.add(socket);
				socket.once('close', () => open.delete(socket));
			});
			let patientUntil: number | null = null;
			server.closeIdleConnections = () => {
				const now = performance.now();
				if (patientUntil === null) {
					patientUntil = now + milliseconds;
					for (const socket of open) socket.setTimeout(milliseconds);
				}
				for (const socket of open) {
					const { isBusy, waiting, taken } = connectionOf(socket);
					const rests = taken > 0 && taken === socket.bytesRead;
					if (!isBusy && waiting.length === 0 && (rests || now >= patientUntil)) socket.destroy();
				}
			};
		},
	};
}
