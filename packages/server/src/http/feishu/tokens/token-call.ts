import type { FastifyReply } from 'fastify';
import Type, { type Static, type TSchema } from 'typebox';
import type { Services } from '../../../services.ts';
import { sendPlain } from '../answers.ts';
import { GATEWAY_ERRORS, type GatewayError } from '../gateway-errors.ts';

/** One call that gives out tokens. It takes none itself, and answers HTTP 200 with the fields at top level. */
export interface TokenCall<Body extends TSchema = TSchema> {
	/** Below `/open-apis`. */
	readonly path: string;
	readonly summary: string;
	/** A body that is not like it is answered with 10003. */
	readonly body: Body;
	answer(request: TokenRequest, body: Static<Body>): Promise<FastifyReply>;
}

export interface TokenRequest {
	readonly services: Services;
	readonly reply: FastifyReply;
}

/** An id, a secret, a ticket or a token. */
export const Credential = Type.String({ minLength: 1, maxLength: 1024 });

/** Refused too, with a code other than 0. */
export const TokenAnswer = Type.Object({
	code: Type.Integer(),
	msg: Type.String(),
	tenant_access_token: Type.Optional(Type.String()),
	app_access_token: Type.Optional(Type.String()),
	expire: Type.Optional(Type.Integer({ description: 'seconds' })),
});

/** Keeps the type of the body between schema and answer. */
export function defineTokenCall<const Body extends TSchema>(call: TokenCall<Body>): TokenCall<Body> {
	return call;
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
