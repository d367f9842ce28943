-- A page of the tasks assigned to a user, latest first, and how many there are up to a limit: pending ones where $7,
-- archived ones where $8. `waiting` is neither: it is not yet the user's turn.
-- Plan: one backward range of assignments_pending and of assignments_archived each, up to $6 entries; nothing is sorted
-- but their merge, and the number of assignments a user ever had does not matter.
WITH found AS (
	(
		SELECT task_id, opened_at
		FROM assignments
		WHERE
			$7 AND tenant_id = $1 AND user_id = $2 AND status = 'pending'
			AND opened_at BETWEEN $3 AND $4 AND ($5::text[] IS NULL OR flow_id = ANY($5))
		ORDER BY opened_at DESC, task_id DESC
		LIMIT $6
	)
	UNION ALL
	(
		SELECT task_id, opened_at
		FROM assignments
		WHERE
			$8 AND tenant_id = $1 AND user_id = $2 AND status IN ('agreed', 'rejected', 'transferred', 'closed')
			AND opened_at BETWEEN $3 AND $4 AND ($5::text[] IS NULL OR flow_id = ANY($5))
		ORDER BY opened_at DESC, task_id DESC
		LIMIT $6
	)
)
SELECT
	(SELECT count(*) FROM found) AS count,
	ARRAY(SELECT task_id::text FROM found ORDER BY opened_at DESC, task_id DESC OFFSET $9 LIMIT $10) AS ids
