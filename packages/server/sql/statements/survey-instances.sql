-- A page of a tenant's instances after id $2 and before id $3: which of them may be removed, as they ended before $4 and
-- nothing of theirs is still to be done (a compensation, a thrown event), how many were looked at, and where it ended.
-- Plan: one range of the primary key of instances; for those that ended, rollbacks_of_instance and jobs_of_rollback,
-- and a range of the primary key of outbox. What is in $3 was started before $4 at the latest, as ids carry their day.
WITH page AS (
	SELECT id, status, ended_at
	FROM instances
	WHERE tenant_id = $1 AND id > $2 AND id < $3
	ORDER BY id
	LIMIT $5
)
SELECT
	(SELECT max(id) FROM page) AS last,
	(SELECT count(*) FROM page) AS seen,
	ARRAY(
		SELECT p.id::text
		FROM page AS p
		WHERE
			p.status <> 'in_process' AND p.ended_at < $4
			AND (
				SELECT 1
				FROM jobs
				WHERE
					tenant_id = $1 AND done_at IS NULL
					AND rollback_id = ANY(ARRAY(SELECT id FROM rollbacks WHERE tenant_id = $1 AND instance_id = p.id))
				LIMIT 1
			) IS NULL
			AND (
				SELECT 1
				FROM outbox AS o
				WHERE o.tenant_id = $1 AND o.instance_id = p.id AND o.sent_at IS NULL AND o.try_at IS NOT NULL
				LIMIT 1
			) IS NULL
		ORDER BY p.id
	) AS expired
