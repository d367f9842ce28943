-- Some completed tasks: who completed them when, and the past that they stood on. Plan: one lookup in the primary key
-- of tasks for each.
SELECT t.id, t.completed_by, t.closed_at, t.past
FROM unnest($2::bigint[]) AS k (id)
JOIN tasks AS t ON t.tenant_id = $1 AND t.id = k.id
