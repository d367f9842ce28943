import { type Refusal, refuse } from '../refusals.ts';
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
	if (stored === null) return null;
	// Without the key: here it carries the app's name, which the client never sent.
	const refusal: Refusal = refuse('idempotency-key-reused');
	return stored.fingerprint === idempotency.fingerprint
		? { ok: true, value: { ...stored.result, repeated: true } }
		: { ok: false, refusal };
}
