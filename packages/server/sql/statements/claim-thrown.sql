-- Messages and signals that were thrown and are not delivered, at most $2; claimed as in claim-timers.sql.
-- Plan: the beginning of outbox_by_time, then the primary key of outbox for each.
WITH found AS (
	SELECT tenant_id, instance_id, seq
	FROM outbox
	WHERE sent_at IS NULL AND try_at <= $1
	ORDER BY try_at, tenant_id
	LIMIT $2
	FOR UPDATE SKIP LOCKED
)
UPDATE outbox AS o
SET tries = o.tries + 1, try_at = $1 + least(86400000, 10000 * (1 << least(o.tries, 14)))
FROM found AS f
WHERE
	o.tenant_id = f.tenant_id AND o.instance_id = f.instance_id AND o.seq = f.seq
	AND o.sent_at IS NULL AND o.try_at <= $1
RETURNING o.tenant_id, o.instance_id, o.seq, o.payload, o.recipients, o.tries, o.thrown
