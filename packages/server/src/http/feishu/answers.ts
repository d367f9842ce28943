import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../refusals.ts';
import { type Answer, sendAnswer } from '../answer.ts';
import type { Scope } from '../scopes.ts';
import type { FieldProblem } from '../validation.ts';
import { GATEWAY_ERRORS, type GatewayError } from './gateway-errors.ts';

/** What `error` of a refused call can hold besides its log id; the official SDKs have these fields. */
export interface ErrorParts {
	readonly message?: string;
	readonly details?: readonly { readonly key: string; readonly value: string }[];
	readonly field_violations?: readonly FieldProblem[];
	readonly permission_violations?: readonly { readonly type: string; readonly subject: string }[];
}

const JSON_TYPE = 'application/json; charset=utf-8';
const EMPTY_SUCCESS = '{"code":0,"msg":"success","data":{}}';

/** Sends `data` as a success. The content type is always said: the Go SDK reads no body without it. */
export function sendSuccess(reply: FastifyReply, data: object): FastifyReply {
	const empty = Object.keys(data).length === 0;
	return reply
		.header('content-type', JSON_TYPE)
		.send(empty ? EMPTY_SUCCESS : JSON.stringify({ code: 0, msg: 'success', data }));
}

/** Sends top-level fields, as the token calls do. */
export function sendPlain(reply: FastifyReply, body: object): FastifyReply {
	return reply.code(200).header('content-type', JSON_TYPE).send(JSON.stringify(body));
}

export function sendError(
	reply: FastifyReply,
	error: GatewayError,
	parts: ErrorParts = {},
	msg: string = error.msg,
): FastifyReply {
	return sendAnswer(reply, errorAnswer({ ...error, msg }, reply.request.id, parts));
}

function errorAnswer(
	{ http, code, msg }: GatewayError,
	logId: string,
	parts: ErrorParts = {},
	headers: Answer['headers'] = {},
): Answer {
	return {
		status: http,
		headers: { ...headers, 'Content-Type': JSON_TYPE },
		body: JSON.stringify({ code, msg, error: { log_id: logId, ...parts } }),
	};
}

export function sendScopeMissing(reply: FastifyReply, scope: Scope): FastifyReply {
	const { msg } = GATEWAY_ERRORS.scopeMissing;
	return sendError(
		reply,
		GATEWAY_ERRORS.scopeMissing,
		{ permission_violations: [{ type: 'action_scope_required', subject: scope }] },
		`${msg} One of the following scopes is required: [${scope}].应用尚未开通所需的应用身份权限：[${scope}]`,
	);
}

/** An app makes more calls than it may: `limit` is how many that are in a minute. */
export function sendRateLimited(reply: FastifyReply, limit: number, resetSeconds: number): FastifyReply {
	const headers = { 'X-Ogw-Ratelimit-Limit': String(limit), ...laterHeaders(resetSeconds) };
	return sendAnswer(reply, errorAnswer(GATEWAY_ERRORS.rateLimit, reply.request.id, {}, headers));
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
	return sendAnswer(reply, feishuRefusal(refusal, reply.request.id));
}

/** Says why the engine or the server refused; Feishu documents one code for all of it. */
export function feishuRefusal({ code, message, details, retryAfterSeconds = 1 }: Refusal, logId: string): Answer {
	if (code === 'too-busy') return errorAnswer(GATEWAY_ERRORS.rateLimit, logId, {}, laterHeaders(retryAfterSeconds));
	if (code === 'shutting-down') {
		const headers = { 'Retry-After': String(retryAfterSeconds) };
		return errorAnswer(GATEWAY_ERRORS.unavailable, logId, { message }, headers);
	}
	const named = Object.entries({ code, ...details }).map(([key, value]) => ({ key, value }));
	return errorAnswer(GATEWAY_ERRORS.refused, logId, { message, details: named });
}

function laterHeaders(seconds: number): Answer['headers'] {
	return { 'X-Ogw-Ratelimit-Reset': String(seconds), 'Retry-After': String(seconds) };
}
