-- One task, with the flow that says what its node is called. Plan: primary keys of tasks and instances.
SELECT
	t.id, t.instance_id, t.node_id, t.status, t.is_start, t.opened_at, t.closed_at, t.completed_by, t.undone_by,
	t.assignments, i.namespace, i.flow_id, i.flow_version
FROM tasks AS t
JOIN instances AS i ON i.tenant_id = t.tenant_id AND i.id = t.instance_id
WHERE t.tenant_id = $1 AND t.id = $2
