import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedBody, readEveryBodyAsJson } from '../body-parser.ts';
import { isDatabaseUnavailable } from '../database-unavailable.ts';
import type { HttpContext } from '../http-context.ts';
import { letIn } from '../let-in.ts';
import { TOKEN_SCHEME } from '../openapi-base.ts';
import { allows } from '../scopes.ts';
import type { TokenProblem } from '../tokens/authenticate.ts';
import { InvalidRequest, type TypeboxProvider } from '../validation.ts';
import { NATIVE_CALLS, NATIVE_XML_CALLS } from './native-calls.ts';
import type { NativeHttp } from './native-http.ts';
import { type ProblemCode, sendProblem } from './problems.ts';
import { readBodiesAsXml } from './xml-body.ts';

const TOKEN_PROBLEMS = {
	missing: 'token-missing',
	invalid: 'token-invalid',
	'user-token': 'token-invalid',
	prefix: 'token-invalid',
	'app-disabled': 'app-disabled',
} as const satisfies Record<TokenProblem, ProblemCode>;

/** Everything under `/api/v1`, in the same order as the Feishu gateway: route, token, scope, body, call. */
export async function nativePlugin(root: FastifyInstance, context: HttpContext): Promise<void> {
	root.setErrorHandler(answerError);
	root.addHook('onRoute', (route) => {
		const scope = route.config?.scope;
		if (scope === undefined) throw new Error(`${route.url} names no scope.`);
		route.schema = { ...route.schema, security: [{ [TOKEN_SCHEME]: [scope] }] };
	});
	root.addHook('onRequest', (request, _reply, done) => {
		letIn(context.services.commands, request.routeOptions.config.scope, done);
	});
	root.addHook('onRequest', async (request, reply) => checkToken(context, request, reply));

	const http: NativeHttp = root.withTypeProvider<TypeboxProvider>();
	await http.register(async (scope: NativeHttp) => {
		readEveryBodyAsJson(scope);
		for (const addCall of NATIVE_CALLS) addCall(scope, context);
	});
	await http.register(async (scope: NativeHttp) => {
		readBodiesAsXml(scope);
		for (const addCall of NATIVE_XML_CALLS) addCall(scope, context);
	});
}

async function checkToken(
	{ authenticate }: HttpContext,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<FastifyReply | undefined> {
	const authentication = await authenticate(request.headers.authorization);
	if (!authentication.ok) return sendProblem(reply, TOKEN_PROBLEMS[authentication.problem]);
	const { scope } = request.routeOptions.config;
	if (scope === undefined || !allows(authentication.app.scopes, scope)) {
		return sendProblem(reply, 'scope-missing', { detail: `The scope ${scope} is required.` });
	}
	request.app = authentication.app;
	return undefined;
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (error instanceof InvalidRequest) return sendProblem(reply, 'invalid-request', { errors: error.problems });
	if (error instanceof MalformedBody) return sendProblem(reply, 'malformed-body', { detail: error.reason });
	if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(reply, 'body-too-large');
	if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendProblem(reply, 'unsupported-media-type');
	if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
		return sendProblem(reply, 'malformed-body', { detail: error.message });
	}
	request.log.error({ err: error }, 'request failed');
	if (isDatabaseUnavailable(error)) {
		reply.header('retry-after', '1');
		return sendProblem(reply, 'unavailable', { detail: 'The database does not answer.' });
	}
	return sendProblem(reply, 'internal-error');
}
