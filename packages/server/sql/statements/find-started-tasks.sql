-- A page of the tasks of instances that a user started, latest first, and how many there are up to a limit: open ones
-- where $7, closed ones where $8. A task shows here through its assignments, so the start does only once reopened.
-- Plan: one backward range of assignments_open_from and of assignments_archived_from each, grouped as it comes; the
-- latter with a lookup in tasks for each, as somebody may have decided in a task that is still open.
WITH found AS (
	(
		SELECT task_id, opened_at
		FROM assignments
		WHERE
			$7 AND tenant_id = $1 AND initiator = $2 AND status IN ('pending', 'waiting')
			AND opened_at BETWEEN $3 AND $4 AND ($5::text[] IS NULL OR flow_id = ANY($5))
		GROUP BY opened_at, task_id
		ORDER BY opened_at DESC, task_id DESC
		LIMIT $6
	)
	UNION ALL
	(
		SELECT a.task_id, a.opened_at
		FROM assignments AS a
		WHERE
			$8 AND a.tenant_id = $1 AND a.initiator = $2
			AND a.status IN ('agreed', 'rejected', 'transferred', 'closed')
			AND a.opened_at BETWEEN $3 AND $4 AND ($5::text[] IS NULL OR a.flow_id = ANY($5))
			AND (
				SELECT t.status <> 'in_process' FROM tasks AS t WHERE t.tenant_id = a.tenant_id AND t.id = a.task_id
			)
		GROUP BY a.opened_at, a.task_id
		ORDER BY a.opened_at DESC, a.task_id DESC
		LIMIT $6
	)
)
SELECT
	(SELECT count(*) FROM found) AS count,
	ARRAY(SELECT task_id::text FROM found ORDER BY opened_at DESC, task_id DESC OFFSET $9 LIMIT $10) AS ids
