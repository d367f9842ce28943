-- What was answered under an idempotency key, where no command writes it along: in place of the recipients that
-- address-event.sql wrote there. The first answer stays. Plan: primary key of idempotency.
INSERT INTO idempotency AS i (tenant_id, key, fingerprint, result, created_at)
VALUES ($1, $2, $3, $4::json, $5)
ON CONFLICT (tenant_id, key) DO UPDATE
SET result = excluded.result, created_at = excluded.created_at
WHERE i.fingerprint = excluded.fingerprint AND i.result -> 'recipients' IS NOT NULL
