-- What a worker has locked. Plan: primary key of jobs.
SELECT instance_id, token_id
FROM jobs
WHERE tenant_id = $1 AND id = $2 AND locked_by = $3 AND locked_until > $4 AND done_at IS NULL
