import type { FastifyInstance } from 'fastify';
import { parseJsonBody } from './json-body.ts';

/** Thrown by the body parser through the framework, to the error handler of the API that the route belongs to. */
export class MalformedBody extends Error {
	readonly reason: string;
	constructor(reason: string) {
		super(reason);
		this.reason = reason;
	}
}

/** From here on every body is read as JSON, with any Content-Type or none, and no body at all as an empty one. */
export function readEveryBodyAsJson(http: FastifyInstance): void {
	http.removeAllContentTypeParsers();
	http.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
		const body = parseJsonBody(bytes);
		if (body.ok) done(null, body.value);
		else done(new MalformedBody(body.reason));
	});
	// A catch-all parser would not do: a header that is not well-formed is refused before parsers are looked at.
	http.addHook('preParsing', (request, _reply, payload, done) => {
		request.raw.headers['content-type'] = 'application/json';
		done(null, payload);
	});
}
