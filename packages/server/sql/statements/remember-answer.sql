-- What was answered under an idempotency key, where no command writes it along. Plan: primary key of idempotency.
INSERT INTO idempotency (tenant_id, key, fingerprint, result, created_at)
VALUES ($1, $2, $3, $4::json, $5)
ON CONFLICT DO NOTHING
