-- Locks the compensations of a rollback until $3, those that no worker ever had; answers how many there are and how many
-- were locked. Whoever locks them ($5) is added to those who have, where their lock has not ended ($4 is now): it holds
-- until the last of them gives it back. Plan: one range of jobs_of_rollback, twice.
WITH reserved AS (
	UPDATE jobs
	SET
		locked_by = CASE WHEN locked_until > $4 THEN coalesce(locked_by, '') ELSE '' END || $5::text,
		locked_until = greatest(locked_until, $3)
	WHERE tenant_id = $1 AND rollback_id = $2 AND NOT fetched
	RETURNING id
)
SELECT
	(SELECT count(*) FROM jobs WHERE tenant_id = $1 AND rollback_id = $2) AS compensations,
	(SELECT count(*) FROM reserved) AS reserved
