-- A compensation is done, and the one that waited for it can begin. The row stays: it says that it was done.
-- Plan: primary key of jobs, then one range of jobs_of_rollback.
WITH done AS (
	UPDATE jobs
	SET done_at = $4, locked_by = NULL
	WHERE tenant_id = $1 AND id = $2 AND locked_by = $3 AND locked_until > $4 AND done_at IS NULL
	RETURNING tenant_id, id, rollback_id, compensates
),
freed AS (
	UPDATE jobs AS j
	SET blocked_by = NULL
	FROM done AS d
	WHERE j.tenant_id = d.tenant_id AND j.rollback_id = d.rollback_id AND j.blocked_by = d.compensates
)
SELECT id FROM done
