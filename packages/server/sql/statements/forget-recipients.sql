-- Gives back the idempotency key of an event that reached nobody of those in $4. Plan: primary key of idempotency.
DELETE FROM idempotency
WHERE tenant_id = $1 AND key = $2 AND fingerprint = $3 AND (result -> 'recipients')::jsonb = $4::jsonb
