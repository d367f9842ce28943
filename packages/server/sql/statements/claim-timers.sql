-- Timers that are due, at most $2, the oldest first. Whoever claims one has ten seconds before it is due for others
-- again, twice as long each further time, up to a day: so a process that dies leaves nothing behind, and a timer that
-- cannot fire holds up nobody. One that fires takes its row with it.
-- Plan: the beginning of waits_by_time, then the primary key of waits for each.
WITH due AS (
	SELECT tenant_id, instance_id, token_id
	FROM waits
	WHERE kind = 'timer' AND try_at <= $1
	ORDER BY try_at, tenant_id
	LIMIT $2
	FOR UPDATE SKIP LOCKED
)
UPDATE waits AS w
SET tries = w.tries + 1, try_at = $1 + least(86400000, 10000 * (1 << least(w.tries, 14)))
FROM due AS d
WHERE w.tenant_id = d.tenant_id AND w.instance_id = d.instance_id AND w.token_id = d.token_id AND w.try_at <= $1
RETURNING w.tenant_id, w.instance_id, w.token_id, w.due
