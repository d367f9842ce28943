import { createServer } from 'node:http';
import swagger from '@fastify/swagger';
import {
	type FastifyBaseLogger,
	type FastifyInstance,
	type FastifyReply,
	type FastifyRequest,
	fastify,
	LogController,
} from 'fastify';
import type { Services } from '../services.ts';
import { nativePlugin } from './api/native-plugin.ts';
import { sendProblem } from './api/problems.ts';
import { answerClientErrors, refuseExpectation, withHost } from './client-errors.ts';
import { createConnections } from './connections.ts';
import { discardBody } from './discard-body.ts';
import { createDoor } from './door.ts';
import { feishuPlugin } from './feishu/feishu-plugin.ts';
import type { HttpContext } from './http-context.ts';
import { newLogId } from './log-id.ts';
import { countingCommands, createMetrics } from './metrics.ts';
import { OPENAPI_BASE } from './openapi-base.ts';
import { describeKeys } from './openapi-keys.ts';
import { operationsPlugin } from './operations-plugin.ts';
import { NATIVE_PREFIX, ROUTER_OPTIONS } from './paths.ts';
import { createRateLimiter } from './rate-limit.ts';
import { createReading } from './reading.ts';
import { createAuthentication } from './tokens/authenticate.ts';
import { typeboxCompiler } from './validation.ts';

export interface HttpServerOptions {
	readonly services: Services;
	readonly log: FastifyBaseLogger;
	/** Calls a minute that an app may make of each Feishu call; 0 means no limit. */
	readonly rateLimitPerMinute: number;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
const TIMEOUTS = {
	requestTimeout: 30_000,
	/** Longer than the usual 60 seconds of proxies, so that it is never this side that closes first. */
	keepAliveTimeout: 75_000,
};
/** Of a connection whose client takes nothing of its answer. */
const STANDSTILL_MS = 60_000;
const IDLE_SWEEP_MS = 50;
/** For a request that is on its way when the server closes, and for an answer that stands still. */
const CLOSING_PATIENCE_MS = 2_000;
const MAX_CONNECTIONS = 10_000;

/** The whole HTTP surface, ready to listen or to be injected into by tests. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
	const metrics = createMetrics();
	const context: HttpContext = {
		services: { ...options.services, commands: countingCommands(options.services.commands, metrics) },
		rateLimiter: createRateLimiter(options.rateLimitPerMinute),
		metrics,
		authenticate: createAuthentication(options.services),
	};
	const door = createDoor({ commands: context.services.commands, metrics, log: options.log });
	const http: FastifyInstance = fastify({
		serverFactory: (framework) => {
			const { oneAtATime, endAfter, closeIdle } = createConnections();
			const listener = oneAtATime(withHost(door.inFrontOf(framework)));
			const server = createServer({ ...TIMEOUTS, requireHostHeader: false }, listener);
			server.on('checkExpectation', oneAtATime(refuseExpectation));
			server.maxConnections = MAX_CONNECTIONS;
			endAfter(server, STANDSTILL_MS);
			closeIdle(server, CLOSING_PATIENCE_MS);
			return server;
		},
		loggerInstance: options.log,
		logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'log_id' }),
		genReqId: newLogId,
		requestIdHeader: false,
		trustProxy: false,
		bodyLimit: BODY_LIMIT_BYTES,
		forceCloseConnections: 'idle',
		// The door says it in the words of each API.
		return503OnClosing: false,
		// A path that cannot be decoded names nothing.
		frameworkErrors: (_error, request, reply) => {
			reply.raw.setHeader('X-Tt-Logid', request.id);
			sendNotFound(request, reply);
		},
		clientErrorHandler: answerClientErrors(options.log),
		routerOptions: ROUTER_OPTIONS,
	});
	http.setValidatorCompiler(typeboxCompiler);
	http.setSerializerCompiler(() => (value) => JSON.stringify(value));
	http.decorateRequest('app', null);
	http.addHook('onRoute', door.learn);
	const reading = createReading();
	http.addHook('onRoute', reading.learn);

	// The hooks that every request passes take callbacks, which cost less than a promise each.
	http.addHook('onRequest', (request, reply, done) => {
		// On the raw response, because the framework would write the name in small letters.
		reply.raw.setHeader('X-Tt-Logid', request.id);
		// Here and not in the handler, so that an unknown path is a 404 whatever its body looks like.
		if (request.is404) sendNotFound(request, reply);
		else done();
	});
	http.addHook('onSend', (request, reply, payload, done) => {
		reading.leave(reply);
		// The Python SDK looks for this name in this case only, and without it takes an answer for empty.
		const type = reply.getHeader('content-type');
		reply.removeHeader('content-type');
		if (type !== undefined) reply.raw.setHeader('Content-Type', type);
		if (staysOpen(reply)) done(null, payload);
		else void discardBody(request.raw).then(() => done(null, payload));
	});
	// Closing ends the connections that are idle at that moment. One that was busy would then hold the process up for as long
	// as a client may keep it alive.
	http.addHook('preClose', async () => {
		door.close();
		const sweep = setInterval(() => http.server.closeIdleConnections(), IDLE_SWEEP_MS);
		http.server.once('close', () => clearInterval(sweep));
	});
	http.addHook('onResponse', (request, reply, done) => {
		const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
		metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
		request.log.debug({ method: request.method, route, status: reply.statusCode }, 'answered');
		done();
	});

	await http.register(swagger, { openapi: OPENAPI_BASE, transform: describeKeys });
	await http.register(async (scope) => operationsPlugin(scope, context));
	await http.register(async (scope) => feishuPlugin(scope, context));
	await http.register(async (scope) => nativePlugin(scope, context));
	return http;
}

/** Whether the connection is kept after the answer. Node then reads what is left of the body by itself. */
function staysOpen(reply: FastifyReply): boolean {
	return reply.raw.shouldKeepAlive && reply.getHeader('connection') !== 'close';
}

function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
	// As the router reads it, which takes doubled slashes for one.
	return request.url.replace(/^\/+/, '/').startsWith(NATIVE_PREFIX)
		? sendProblem(reply, 'not-found', { detail: `There is nothing at ${request.method} ${pathOf(request.url)}.` })
		: sendPageNotFound(reply);
}

function sendPageNotFound(reply: FastifyReply): FastifyReply {
	return reply.code(404).header('content-type', 'text/plain').send('404 page not found');
}

function pathOf(url: string): string {
	return url.split('?', 1)[0] ?? url;
}
