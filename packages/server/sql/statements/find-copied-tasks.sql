-- A page of the tasks that a user got a copy of, latest first, and how many there are up to a limit: open ones where
-- $7, closed ones where $8.
-- Plan: one backward range of the primary key of copies, with a lookup in tasks for each.
WITH found AS (
	SELECT c.task_id, c.opened_at
	FROM copies AS c
	WHERE
		c.tenant_id = $1 AND c.user_id = $2 AND c.opened_at BETWEEN $3 AND $4
		AND ($5::text[] IS NULL OR c.flow_id = ANY($5))
		AND (
			SELECT CASE WHEN t.status = 'in_process' THEN $7::boolean ELSE $8::boolean END
			FROM tasks AS t
			WHERE t.tenant_id = c.tenant_id AND t.id = c.task_id
		)
	ORDER BY c.opened_at DESC, c.task_id DESC
	LIMIT $6
)
SELECT
	(SELECT count(*) FROM found) AS count,
	ARRAY(SELECT task_id::text FROM found ORDER BY opened_at DESC, task_id DESC OFFSET $9 LIMIT $10) AS ids
