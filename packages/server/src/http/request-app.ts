import type { App } from '../services.ts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The app that the access token belongs to; set before the body is read, on every route that takes a token. */
		app: App | null;
	}
}

/** The app of a request whose token was checked; asking on a route without a token is a bug. */
export function appOf(request: { readonly app: App | null }): App {
	if (request.app === null) throw new Error('This route does not check an access token.');
	return request.app;
}
