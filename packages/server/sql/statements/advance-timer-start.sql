-- A timer has started its flow: it is set to its next time $7, or ends where that is null. Nothing happens where
-- somebody else did it, or a new version took its place. Plan: primary key of start_waits.
WITH ended AS (
	DELETE FROM start_waits
	WHERE
		tenant_id = $1 AND namespace = $2 AND flow_id = $3 AND node_id = $4 AND version = $5 AND due = $6
		AND $7::bigint IS NULL
)
UPDATE start_waits
SET due = $7, try_at = $7, tries = 0, remaining = $8
WHERE
	tenant_id = $1 AND namespace = $2 AND flow_id = $3 AND node_id = $4 AND version = $5 AND due = $6
	AND $7::bigint IS NOT NULL
