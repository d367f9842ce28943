-- A page of the tasks that a user got a copy of, latest first, and how many there are up to a limit: open ones where
-- $7, closed ones where $8. `is_open` may say so of a closed task (0006_jobs_and_copies.sql), so the task is asked.
-- Plan: one backward range of copies_open where only open ones are wanted, else of the primary key of copies; a lookup in tasks
-- for each. Of the closed ones as many are read as there are newer open ones, and a page.
WITH found AS (
	(
		SELECT c.task_id, c.opened_at
		FROM copies AS c
		WHERE
			$7 AND NOT $8 AND c.is_open AND c.tenant_id = $1 AND c.user_id = $2 AND c.opened_at BETWEEN $3 AND $4
			AND ($5::text[] IS NULL OR c.flow_id = ANY($5))
			AND (SELECT t.status FROM tasks AS t WHERE t.tenant_id = c.tenant_id AND t.id = c.task_id) = 'in_process'
		ORDER BY c.opened_at DESC, c.task_id DESC
		LIMIT $6
	)
	UNION ALL
	(
		SELECT c.task_id, c.opened_at
		FROM copies AS c
		WHERE
			$8 AND c.tenant_id = $1 AND c.user_id = $2 AND c.opened_at BETWEEN $3 AND $4
			AND ($5::text[] IS NULL OR c.flow_id = ANY($5))
			AND (
				$7 OR (SELECT t.status FROM tasks AS t WHERE t.tenant_id = c.tenant_id AND t.id = c.task_id) <> 'in_process'
			)
		ORDER BY c.opened_at DESC, c.task_id DESC
		LIMIT $6
	)
)
SELECT
	(SELECT count(*) FROM found) AS count,
	ARRAY(SELECT task_id::text FROM found ORDER BY opened_at DESC, task_id DESC OFFSET $9 LIMIT $10) AS ids
