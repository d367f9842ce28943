-- Gives back what reserve-compensations.sql locked. Plan: one range of jobs_of_rollback.
UPDATE jobs SET locked_until = 0 WHERE tenant_id = $1 AND rollback_id = $2 AND NOT fetched
