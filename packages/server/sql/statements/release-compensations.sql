-- Gives back what reserve-compensations.sql locked for $3: free where nobody else has them locked.
-- Plan: one range of jobs_of_rollback.
UPDATE jobs
SET
	locked_by = nullif(replace(locked_by, $3, ''), ''),
	locked_until = CASE WHEN locked_by = $3 THEN created_at ELSE locked_until END
WHERE tenant_id = $1 AND rollback_id = $2 AND NOT fetched AND strpos(locked_by, $3) > 0
