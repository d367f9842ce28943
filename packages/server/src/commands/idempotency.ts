import { refuse } from '../refusals.ts';
import type { Answered, CommandResult, Idempotency, TenantId } from '../services.ts';

/** What was stored under a key when its command was committed. */
export interface StoredAnswer<Result = CommandResult> {
	readonly fingerprint: string;
	readonly result: Result;
}

export type FindAnswer<Result = CommandResult> = (
	tenant: TenantId,
	key: string,
) => Promise<StoredAnswer<Result> | null>;

/** The answer that this request already got; null where its key is new. */
export async function recall<Result>(
	find: FindAnswer<Result>,
	tenant: TenantId,
	idempotency: Idempotency | null,
): Promise<Answered<Result & { readonly repeated: boolean }> | null> {
	if (idempotency === null) return null;
	const stored = await find(tenant, idempotency.key);
	return stored === null ? null : answerUnder(stored, idempotency);
}

/** What is under a key, for whoever made the same request. */
export function answerUnder<Result>(
	{ fingerprint, result }: StoredAnswer<Result>,
	idempotency: Idempotency,
): Answered<Result & { readonly repeated: boolean }> {
	// Without the key: here it carries the app's name, which the client never sent.
	if (fingerprint !== idempotency.fingerprint) return { ok: false, refusal: refuse('idempotency-key-reused') };
	return { ok: true, value: { ...result, repeated: true } };
}
