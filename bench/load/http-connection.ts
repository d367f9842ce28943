import { connect, type Socket } from 'node:net';

/** An answer. The body is decoded only by who wants it: most operations look at the status alone. */
export interface Answer {
	readonly status: number;
	readonly body: Buffer;
}

interface Waiting {
	readonly resolve: (answer: Answer) => void;
	readonly reject: (error: Error) => void;
}

/** Enough for the head of any answer of the server. */
const HEAD_LIMIT = 4096;
const LENGTH = '\r\ncontent-length: ';

/**
 * One kept-alive connection, one request at a time. It knows just as much of HTTP as our server's answers need, because
 * the client shares the machine with what it measures: per request it takes a quarter of the CPU of node:http.
 */
export class HttpConnection {
	readonly #socket: Socket;
	#waiting: Waiting | null = null;
	/** The chunks of an answer that is not complete yet. */
	#received: Buffer[] = [];
	#missing = 0;
	#failure: Error | null = null;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on('data', (chunk: Buffer) => this.#take(chunk));
		socket.on('error', (error) => this.#fail(error));
		socket.on('close', () => this.#fail(new Error('the server closed the connection')));
	}

	static open(url: URL): Promise<HttpConnection> {
		return new Promise((resolve, reject) => {
			const socket = connect({ host: url.hostname, port: Number(url.port || 80) });
			socket.once('error', reject);
			socket.once('connect', () => {
				socket.off('error', reject);
				resolve(new HttpConnection(socket));
			});
		});
	}

	/** @param request the whole request as it goes over the wire, ASCII only */
	send(request: string): Promise<Answer> {
		return new Promise((resolve, reject) => {
			if (this.#failure !== null) return reject(this.#failure);
			if (this.#waiting !== null) return reject(new Error('bug: one request at a time'));
			this.#waiting = { resolve, reject };
			this.#socket.write(request, 'latin1');
		});
	}

	close(): void {
		this.#socket.destroy();
	}

	#take(chunk: Buffer): void {
		if (this.#received.length === 0) {
			this.#read(chunk);
			return;
		}
		this.#received.push(chunk);
		this.#missing -= chunk.length;
		if (this.#missing > 0) return;
		const whole = Buffer.concat(this.#received);
		this.#received = [];
		this.#read(whole);
	}

	/** Reads an answer from its beginning, or keeps it until there is more of it. */
	#read(answer: Buffer): void {
		const head = answer.toString('latin1', 0, HEAD_LIMIT);
		const end = head.indexOf('\r\n\r\n');
		const length = end < 0 ? 0 : contentLength(head, end);
		if (length === null) {
			this.#fail(new Error(`an answer without a length:\n${head.slice(0, end)}`));
			return;
		}
		const missing = end < 0 ? 1 : end + 4 + length - answer.length;
		if (missing > 0) {
			this.#received = [answer];
			this.#missing = missing;
			return;
		}
		const waiting = this.#waiting;
		this.#waiting = null;
		waiting?.resolve({ status: Number(head.slice(9, 12)), body: answer.subarray(end + 4) });
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#socket.destroy();
		const waiting = this.#waiting;
		this.#waiting = null;
		waiting?.reject(this.#failure);
	}
}

function contentLength(head: string, end: number): number | null {
	let at = head.indexOf(LENGTH);
	if (at < 0 || at > end) at = head.toLowerCase().indexOf(LENGTH);
	if (at < 0 || at > end) return null;
	const length = Number.parseInt(head.slice(at + LENGTH.length, at + LENGTH.length + 10), 10);
	return Number.isNaN(length) ? null : length;
}
