-- Some completed tasks: who completed them when, the flow that names their node, and the past that they stood on; of a
-- repeated task, its last run that counts, or the last $3 of them. Plan: one lookup in the primary key of tasks for each,
-- and one range of tasks_of_loop; OFFSET 0 keeps it a lookup (see describe-tasks.sql).
SELECT k.id, t.task, t.completed_seq, t.completed_by, t.closed_at, t.past, t.called_flow, t.called_version
FROM unnest($2::bigint[]) AS k (id)
CROSS JOIN LATERAL (
	(
		SELECT id AS task, completed_seq, completed_by, closed_at, past, called_flow, called_version
		FROM tasks
		WHERE tenant_id = $1 AND id = k.id
		OFFSET 0
	)
	UNION ALL
	(
		SELECT id, completed_seq, completed_by, closed_at, past, called_flow, called_version
		FROM tasks
		WHERE tenant_id = $1 AND loop_id = k.id AND completed_seq IS NOT NULL AND undone_by IS NULL
		ORDER BY completed_seq DESC
		LIMIT $3
	)
) AS t
