-- Work that failed goes back until $7, with one try less or as many as $6 says. Plan: primary key of jobs.
UPDATE jobs
SET retries = coalesce($6, greatest(retries - 1, 0)), failure = $5, locked_by = NULL, locked_until = $7
WHERE tenant_id = $1 AND id = $2 AND locked_by = $3 AND locked_until > $4 AND done_at IS NULL
RETURNING id
