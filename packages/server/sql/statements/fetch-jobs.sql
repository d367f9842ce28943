-- Locks work for a worker: of the topics $2, at most $5, until $6; what waited longest first. SKIP LOCKED lets workers
-- that come together find different work; that nobody gets the same is said by `locked_until`, compared when it is set.
-- Work is not done again where the earlier work is still to be undone; of compensations that earlier versions made that is
-- everywhere at its service task. Of the compensations of an instance the latest effect comes first, whichever rollback asks
-- for it: an effect may rest on those before it.
-- Plan: for each topic one range of jobs_ready, for each row there one lookup in jobs_compensating, then the primary key of
-- jobs for each.
WITH free AS (
	SELECT k.tenant_id, k.id, k.fetched
	FROM unnest($2::text[]) AS t (topic)
	CROSS JOIN LATERAL (
		SELECT j.tenant_id, j.id, j.locked_until, j.fetched
		FROM jobs AS j
		WHERE
			j.tenant_id = $1 AND left(j.topic, 200) = left(t.topic, 200) AND j.topic = t.topic AND j.locked_until <= $3
			AND j.retries > 0 AND j.blocked_by IS NULL AND j.done_at IS NULL
			AND CASE
				WHEN j.rollback_id IS NULL THEN NOT EXISTS (
					SELECT FROM jobs AS c
					WHERE
						c.tenant_id = j.tenant_id AND c.instance_id = j.instance_id AND c.node_id = j.node_id
						AND c.rollback_id IS NOT NULL AND c.done_at IS NULL
						AND (c.places IS NULL OR c.places = ANY(string_to_array(j.places, chr(10))))
				)
				ELSE NOT EXISTS (
					SELECT FROM jobs AS c
					WHERE
						c.tenant_id = j.tenant_id AND c.instance_id = j.instance_id AND c.compensates > j.compensates
						AND c.rollback_id IS NOT NULL AND c.done_at IS NULL
				)
			END
		ORDER BY j.locked_until, j.id
		LIMIT $5
		FOR UPDATE OF j SKIP LOCKED
	) AS k
	ORDER BY k.locked_until, k.id
	LIMIT $5
)
UPDATE jobs AS j
SET locked_by = $4, locked_until = $6, fetched = true
FROM free AS f
WHERE j.tenant_id = f.tenant_id AND j.id = f.id AND j.locked_until <= $3 AND j.done_at IS NULL
RETURNING
	j.id, j.instance_id, j.node_id, j.topic, j.token_id, j.rollback_id, j.compensates, j.retries, j.locked_until,
	j.variables::text AS variables, f.fetched AS was_fetched
