-- Gives back the idempotency key of an event that reached nobody. Plan: primary key of idempotency.
DELETE FROM idempotency
WHERE tenant_id = $1 AND key = $2 AND fingerprint = $3 AND result -> 'recipients' IS NOT NULL
