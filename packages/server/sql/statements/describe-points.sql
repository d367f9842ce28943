-- Some completed tasks: who completed them when, and the past that they stood on. Plan: one lookup in the primary key
-- of tasks for each; OFFSET 0 keeps it a lookup (see describe-tasks.sql).
SELECT t.id, t.completed_by, t.closed_at, t.past
FROM unnest($2::bigint[]) AS k (id)
CROSS JOIN LATERAL (
	SELECT id, completed_by, closed_at, past FROM tasks WHERE tenant_id = $1 AND id = k.id OFFSET 0
) AS t
