import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../refusals.ts';
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
	return reply
		.code(error.http)
		.header('content-type', JSON_TYPE)
		.send(JSON.stringify({ code: error.code, msg, error: { log_id: reply.request.id, ...parts } }));
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

/** `limit` is what the app may do in a minute; null where it is the server itself that has too much to do. */
export function sendRateLimited(reply: FastifyReply, limit: number | null, resetSeconds: number): FastifyReply {
	if (limit !== null) reply.header('x-ogw-ratelimit-limit', String(limit));
	reply.header('x-ogw-ratelimit-reset', String(resetSeconds)).header('retry-after', String(resetSeconds));
	return sendError(reply, GATEWAY_ERRORS.rateLimit);
}

/** Says why the engine or the server refused; Feishu documents one code for all of it. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
	const retryAfter = refusal.retryAfterSeconds ?? 1;
	if (refusal.code === 'too-busy') return sendRateLimited(reply, null, retryAfter);
	if (refusal.code === 'shutting-down') {
		reply.header('retry-after', String(retryAfter));
		return sendError(reply, GATEWAY_ERRORS.unavailable, { message: refusal.message });
	}
	const details = Object.entries({ code: refusal.code, ...refusal.details }).map(([key, value]) => ({ key, value }));
	return sendError(reply, GATEWAY_ERRORS.refused, { message: refusal.message, details });
}
