-- Flows that a timer starts now, at most $2; claimed as in claim-timers.sql. Earlier versions took any count, and one that
-- cannot be read would keep the whole batch from being read.
-- Plan: the beginning of start_waits_by_time, then the primary key of start_waits for each.
WITH found AS (
	SELECT tenant_id, namespace, flow_id, node_id
	FROM start_waits
	WHERE kind = 'timer' AND try_at <= $1
	ORDER BY try_at, tenant_id
	LIMIT $2
	FOR UPDATE SKIP LOCKED
)
UPDATE start_waits AS w
SET tries = w.tries + 1, try_at = $1 + least(86400000, 10000 * (1 << least(w.tries, 14)))
FROM found AS f
WHERE
	w.tenant_id = f.tenant_id AND w.namespace = f.namespace AND w.flow_id = f.flow_id AND w.node_id = f.node_id
	AND w.try_at <= $1
RETURNING w.tenant_id, w.namespace, w.flow_id, w.node_id, w.version, w.due,
	least(w.remaining, 1000000000) AS remaining
