-- A thrown event whose recipients are busy, or cannot be reached now: it is tried again at $4, and this was no try.
-- Plan: primary key of outbox.
UPDATE outbox
SET tries = tries - 1, try_at = $4
WHERE tenant_id = $1 AND instance_id = $2 AND seq = $3 AND sent_at IS NULL
