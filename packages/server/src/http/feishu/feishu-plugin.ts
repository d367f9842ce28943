import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { isStorable } from '../../storage/decimal-id.ts';
import { MalformedBody, readEveryBodyAsJson } from '../body-parser.ts';
import { isDatabaseUnavailable } from '../database-unavailable.ts';
import type { HttpContext } from '../http-context.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { letIn } from '../let-in.ts';
import { TOKEN_SCHEME } from '../openapi-base.ts';
import { appOf } from '../request-app.ts';
import type { TokenProblem } from '../tokens/authenticate.ts';
import { InvalidRequest } from '../validation.ts';
import { sendError, sendRateLimited, sendRefusal, sendScopeMissing, sendSuccess } from './answers.ts';
import type { FeishuCall } from './call.ts';
import { FEISHU_CALLS } from './calls.ts';
import { GATEWAY_ERRORS, type GatewayError } from './gateway-errors.ts';
import { responses } from './responses.ts';
import { sendInvalidParam, TokenAnswer, type TokenCall } from './tokens/token-call.ts';
import { TOKEN_CALLS } from './tokens/token-calls.ts';

const TOKEN_ERRORS = {
	missing: GATEWAY_ERRORS.tokenMissing,
	invalid: GATEWAY_ERRORS.tokenInvalid,
	'user-token': GATEWAY_ERRORS.userToken,
	prefix: GATEWAY_ERRORS.tokenPrefix,
	'app-disabled': GATEWAY_ERRORS.appDisabled,
} as const satisfies Record<TokenProblem, GatewayError>;

/** Everything under `/open-apis`, in the gateway's order: route, token, scope, rate, body, call. */
export async function feishuPlugin(http: FastifyInstance, context: HttpContext): Promise<void> {
	readEveryBodyAsJson(http);
	http.addHook('preValidation', (request, _reply, done) => {
		request.body = withoutNulls(request.body);
		done();
	});
	http.setErrorHandler(answerError);
	for (const call of FEISHU_CALLS) addCall(http, context, call);
	for (const call of TOKEN_CALLS) addTokenCall(http, context, call);
}

function addTokenCall(http: FastifyInstance, { services }: HttpContext, call: TokenCall): void {
	http.post(`/open-apis${call.path}`, {
		schema: {
			summary: call.summary,
			tags: ['Feishu tokens'],
			security: [],
			body: call.body,
			response: responses(TokenAnswer),
		},
		// These calls have an answer of their own for a wrong body.
		attachValidation: true,
		handler: async (request, reply) =>
			request.validationError === undefined ? call.answer({ services, reply }, request.body) : sendInvalidParam(reply),
	});
}

function addCall(http: FastifyInstance, { services, rateLimiter, authenticate }: HttpContext, call: FeishuCall): void {
	http.post(`/open-apis${call.path}`, {
		config: { scope: call.scope, readsTogether: call.readsTogether === true },
		schema: {
			operationId: call.name,
			summary: call.summary,
			tags: ['Feishu aPaaS'],
			security: [{ [TOKEN_SCHEME]: [call.scope] }],
			params: pathSchema(call.path),
			body: call.body,
			response: responses(Type.Object({ code: Type.Literal(0), msg: Type.String(), data: call.data })),
		},
		// Before the body is read: who has no token learns nothing about bodies.
		onRequest: [
			(_request, _reply, done) => letIn(services.commands, call.scope, done),
			async (request, reply) => {
				const authentication = await authenticate(request.headers.authorization);
				if (!authentication.ok) return sendError(reply, TOKEN_ERRORS[authentication.problem]);
				const { app } = authentication;
				if (!app.scopes.includes(call.scope)) return sendScopeMissing(reply, call.scope);
				const rate = rateLimiter.take(app.id, call.name, services.clock.now());
				if (!rate.allowed) return sendRateLimited(reply, rate.limit, rate.resetSeconds);
				request.app = app;
			},
		],
		handler: async (request, reply) => {
			const app = appOf(request);
			const key = readIdempotencyKey(request);
			if (!key.ok) return sendError(reply, GATEWAY_ERRORS.badRequest, { message: key.reason });
			const path = request.params as Record<string, string>;
			const unstorable = Object.keys(path).find((name) => !isStorable(path[name] ?? ''));
			if (unstorable !== undefined) {
				const problem = { field: unstorable, description: 'expected text without U+0000', value: '' };
				return sendError(reply, GATEWAY_ERRORS.fieldValidation, { field_violations: [problem] });
			}
			const answer = await call.answer({ services, app, path, idempotency: key.idempotency }, request.body);
			switch (answer.kind) {
				case 'success':
					return sendSuccess(reply, answer.data);
				case 'refused':
					return sendRefusal(reply, answer.refusal);
				case 'invalid':
					return sendError(reply, GATEWAY_ERRORS.fieldValidation, { field_violations: answer.problems });
			}
		},
	});
}

/** Clients that write every field say null for the ones they leave out. */
function withoutNulls(body: unknown): unknown {
	if (typeof body !== 'object' || body === null) return body;
	const entries = Object.entries(body);
	return entries.some(([, value]) => value === null)
		? Object.fromEntries(entries.filter(([, value]) => value !== null))
		: body;
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (error instanceof InvalidRequest) {
		return sendError(reply, GATEWAY_ERRORS.fieldValidation, { field_violations: error.problems });
	}
	if (error instanceof MalformedBody) return sendError(reply, GATEWAY_ERRORS.badRequest, { message: error.reason });
	if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
		return sendError(reply, GATEWAY_ERRORS.bodyTooLarge, { message: 'A body can have at most 1 MiB.' });
	}
	if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
		return sendError(reply, GATEWAY_ERRORS.badRequest, { message: error.message });
	}
	request.log.error({ err: error }, 'request failed');
	if (isDatabaseUnavailable(error)) {
		reply.header('retry-after', '1');
		return sendError(reply, GATEWAY_ERRORS.unavailable, { message: 'The database does not answer.' });
	}
	return sendError(reply, GATEWAY_ERRORS.internal);
}

function pathSchema(path: string) {
	const names = [...path.matchAll(/:([a-z_]+)/g)].flatMap((match) => match[1] ?? []);
	return Type.Object(Object.fromEntries(names.map((name) => [name, Type.String()])));
}
