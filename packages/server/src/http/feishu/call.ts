import Type, { type Static, type TSchema } from 'typebox';
import type { Refusal } from '../../refusals.ts';
import type { App, Idempotency, Services } from '../../services.ts';
import type { Scope } from '../scopes.ts';
import type { FieldProblem } from '../validation.ts';

/** One call of the aPaaS API: its place, who may make it, its body, and what it does. */
export interface FeishuCall<Body extends TSchema = TSchema> {
	/** As the SDKs name it: `user_task.rollback`. Also the name of its rate limit. */
	readonly name: string;
	/** Below `/open-apis`, with the path's parameters as `:name`. */
	readonly path: string;
	readonly summary: string;
	readonly scope: Scope;
	/** See http/reading.ts. */
	readonly readsTogether?: boolean;
	readonly body: Body;
	/** What `data` of the answer holds, for the OpenAPI document. */
	readonly data: TSchema;
	answer(request: CallRequest, body: Static<Body>): Promise<CallAnswer>;
}

export interface CallRequest {
	readonly services: Services;
	readonly app: App;
	/** The path's parameters, percent-decoded. */
	readonly path: Readonly<Record<string, string>>;
	readonly idempotency: Idempotency | null;
}

export type CallAnswer =
	| { readonly kind: 'success'; readonly data: object }
	| { readonly kind: 'refused'; readonly refusal: Refusal }
	/** Wrong in a way that a schema cannot say. */
	| { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/** `data` of the calls that answer nothing but that they were carried out. */
export const NO_DATA = Type.Object({});

/** Keeps the type of the body between schema and answer. */
export function defineCall<const Body extends TSchema>(call: FeishuCall<Body>): FeishuCall<Body> {
	return call;
}

export function success(data: object = {}): CallAnswer {
	return { kind: 'success', data };
}

export function refused(refusal: Refusal): CallAnswer {
	return { kind: 'refused', refusal };
}

export function invalid(field: string, description: string, value: string): CallAnswer {
	return { kind: 'invalid', problems: [{ field, description: `expected ${description}`, value }] };
}
