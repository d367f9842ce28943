import type { FastifyReply } from 'fastify';
import type { Services } from '../../../services.ts';
import { sendPlain } from '../answers.ts';
import { GATEWAY_ERRORS, type GatewayError } from '../gateway-errors.ts';

/** One call that gives out tokens. It takes none itself, and answers HTTP 200 with the fields at top level. */
export interface TokenCall {
	/** Below `/open-apis`. */
	readonly path: string;
	readonly summary: string;
	answer(request: TokenRequest): Promise<FastifyReply>;
}

export interface TokenRequest {
	readonly services: Services;
	readonly reply: FastifyReply;
	readonly body: unknown;
}

export function sendTokens(reply: FastifyReply, fields: object): FastifyReply {
	return sendPlain(reply, { code: 0, msg: 'ok', ...fields });
}

export function sendTokenError(reply: FastifyReply, error: GatewayError): FastifyReply {
	return sendPlain(reply, { code: error.code, msg: error.msg });
}

export function sendInvalidParam(reply: FastifyReply): FastifyReply {
	return sendTokenError(reply, GATEWAY_ERRORS.tokenRequestInvalid);
}

/** A field that has to be a text; null where it is missing or something else, which all ends in 10003. */
export function textField(body: unknown, name: string): string | null {
	if (typeof body !== 'object' || body === null) return null;
	const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
	return typeof value === 'string' && value !== '' && value.length <= 1024 ? value : null;
}
