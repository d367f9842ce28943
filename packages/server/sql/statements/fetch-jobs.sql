-- Locks work for a worker: of the topics $2, at most $5, until $6; what waited longest first. SKIP LOCKED lets workers
-- that come together find different work; that nobody gets the same is said by `locked_until`, compared when it is set.
-- Plan: for each topic one range of jobs_ready, then the primary key of jobs for each.
WITH free AS (
	SELECT k.tenant_id, k.id
	FROM unnest($2::text[]) AS t (topic)
	CROSS JOIN LATERAL (
		SELECT j.tenant_id, j.id, j.locked_until
		FROM jobs AS j
		WHERE
			j.tenant_id = $1 AND left(j.topic, 200) = left(t.topic, 200) AND j.topic = t.topic AND j.locked_until <= $3
			AND j.retries > 0 AND j.blocked_by IS NULL AND j.done_at IS NULL
		ORDER BY j.locked_until, j.id
		LIMIT $5
		FOR UPDATE SKIP LOCKED
	) AS k
	ORDER BY k.locked_until, k.id
	LIMIT $5
)
UPDATE jobs AS j
SET locked_by = $4, locked_until = $6, fetched = true
FROM free AS f
WHERE j.tenant_id = f.tenant_id AND j.id = f.id AND j.locked_until <= $3 AND j.done_at IS NULL
RETURNING j.id, j.instance_id, j.node_id, j.topic, j.token_id, j.compensates, j.retries, j.locked_until
