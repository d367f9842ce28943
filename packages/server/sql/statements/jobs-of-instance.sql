-- The work of an instance that is not done yet, after $3, at most $4. Plan: one range of jobs_of_token, one of
-- jobs_compensating; as many rows as the instance has open.
SELECT
	id, instance_id, node_id, topic, compensates, retries, failure, created_at,
	CASE WHEN locked_until > $5 AND locked_by IS NOT NULL THEN locked_by END AS worker, locked_until
FROM (
	SELECT * FROM jobs WHERE tenant_id = $1 AND instance_id = $2 AND token_id IS NOT NULL
	UNION ALL
	SELECT * FROM jobs WHERE tenant_id = $1 AND instance_id = $2 AND rollback_id IS NOT NULL AND done_at IS NULL
) AS j
WHERE done_at IS NULL AND id > $3
ORDER BY id
LIMIT $4
