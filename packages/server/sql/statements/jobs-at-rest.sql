-- The work of a tenant that failed as often as it may, after $2, at most $3. Plan: one range of jobs_at_rest.
SELECT
	id, instance_id, node_id, topic, compensates, retries, failure, created_at,
	CASE WHEN locked_until > $4 AND locked_by IS NOT NULL THEN locked_by END AS worker, locked_until
FROM jobs
WHERE tenant_id = $1 AND retries = 0 AND done_at IS NULL AND id > $2
ORDER BY id
LIMIT $3
