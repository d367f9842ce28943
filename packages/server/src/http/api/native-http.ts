import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Scope } from '../scopes.ts';
import type { TypeboxProvider } from '../validation.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** What an app needs to make this call of the native API. */
		scope?: Scope;
	}
}

/** Where the native API's calls are added: their typebox schemas give the types of body, query and path. */
export type NativeHttp = FastifyInstance<
	RawServerDefault,
	IncomingMessage,
	ServerResponse,
	FastifyBaseLogger,
	TypeboxProvider
>;
