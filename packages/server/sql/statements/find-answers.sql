-- What was answered under these idempotency keys. Plan: one lookup in the primary key of idempotency for each.
SELECT k.index, d.fingerprint, d.result
FROM unnest($1::int[], $2::text[], $3::text[]) AS k (index, tenant_id, key)
JOIN idempotency AS d ON d.tenant_id = k.tenant_id AND d.key = k.key
