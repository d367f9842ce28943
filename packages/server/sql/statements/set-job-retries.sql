-- Gives work that failed too often, or will, this many tries. Plan: primary key of jobs.
UPDATE jobs SET retries = $3 WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL RETURNING id
