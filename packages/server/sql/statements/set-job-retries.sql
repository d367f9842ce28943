-- Gives work that failed too often, or will, this many tries; it can be taken at once ($4), however long it was to wait.
-- Plan: primary key of jobs.
UPDATE jobs
SET retries = $3, locked_until = CASE WHEN locked_by IS NULL THEN least(locked_until, $4) ELSE locked_until END
WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL
RETURNING id
