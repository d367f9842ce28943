import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../refusals.ts';
import { type Answer, sendAnswer } from '../answer.ts';
import { REFUSAL_STATUS } from './refusal-status.ts';

/** What the native API answers besides success and refusals; docs/errors.md lists both, and a test holds them equal. */
export const PROBLEMS = {
	'token-missing': { status: 401, title: 'The request has no access token.' },
	'token-invalid': { status: 401, title: 'The access token is not valid, or has run out.' },
	'app-disabled': { status: 403, title: 'The app is not in use.' },
	'scope-missing': { status: 403, title: 'The app lacks a scope for this call.' },
	'malformed-body': { status: 400, title: 'The body cannot be read.' },
	'invalid-request': { status: 400, title: 'The request is not as the API describes it.' },
	'idempotency-key-invalid': { status: 400, title: 'The Idempotency-Key header cannot be used.' },
	'body-too-large': { status: 413, title: 'The body is too large.' },
	'unsupported-media-type': { status: 415, title: 'The Content-Type is not one that this call takes.' },
	'model-invalid': { status: 422, title: 'The model cannot run.' },
	'model-unsound': { status: 422, title: 'The verifier found problems in the model, and none were to be accepted.' },
	'message-not-awaited': { status: 404, title: 'Nothing waits for this message, and no flow starts with it.' },
	'not-found': { status: 404, title: 'There is no such resource.' },
	'internal-error': { status: 500, title: 'The server failed to answer.' },
	unavailable: { status: 503, title: 'The server cannot answer right now.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Members of a problem document besides those that its code decides. */
export interface ProblemParts {
	readonly detail?: string;
	readonly errors?: readonly object[];
	readonly details?: Readonly<Record<string, string>>;
}

/** Answers with an RFC 9457 problem document. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, parts: ProblemParts = {}): FastifyReply {
	const { status, title } = PROBLEMS[code];
	const headers = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
	return sendAnswer(reply, problemAnswer({ status, code, title, headers }, reply.request.id, parts));
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
	return sendAnswer(reply, nativeRefusal(refusal, reply.request.id));
}

export function nativeRefusal({ code, message, details, problems, retryAfterSeconds }: Refusal, logId: string): Answer {
	const status = REFUSAL_STATUS[code];
	const isLater = status === 429 || status === 503;
	const headers = isLater ? { 'Retry-After': String(retryAfterSeconds ?? 1) } : {};
	const named = Object.entries(details).map(([key, value]) => `${key} ${value}`);
	return problemAnswer({ status, code, title: message, headers }, logId, {
		...(named.length === 0 ? {} : { detail: `${message} (${named.join(', ')})` }),
		details,
		...(problems === undefined ? {} : { errors: problems.map(problemView) }),
	});
}

function problemView({ code, element, message }: NonNullable<Refusal['problems']>[number]) {
	return { code, element_id: element, message };
}

interface Problem {
	readonly status: number;
	readonly code: string;
	readonly title: string;
	readonly headers: Readonly<Record<string, string>>;
}

function problemAnswer({ status, code, title, headers }: Problem, logId: string, parts: ProblemParts): Answer {
	const type = `urn:sendback:problem:${code}`;
	return {
		status,
		headers: { ...headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
		body: JSON.stringify({ type, title, status, ...parts, code, instance: `urn:sendback:log:${logId}` }),
	};
}
