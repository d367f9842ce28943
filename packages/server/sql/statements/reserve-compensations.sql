-- Locks the compensations of a rollback until $3, those that no worker ever had; answers how many there are and how many
-- were locked. Plan: one range of jobs_of_rollback, twice.
WITH reserved AS (
	UPDATE jobs SET locked_until = $3 WHERE tenant_id = $1 AND rollback_id = $2 AND NOT fetched RETURNING id
)
SELECT
	(SELECT count(*) FROM jobs WHERE tenant_id = $1 AND rollback_id = $2) AS compensations,
	(SELECT count(*) FROM reserved) AS reserved
