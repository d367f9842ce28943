-- A thrown event has reached everybody. Plan: primary key of outbox.
UPDATE outbox SET sent_at = $4, try_at = NULL WHERE tenant_id = $1 AND instance_id = $2 AND seq = $3
