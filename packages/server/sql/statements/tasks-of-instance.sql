-- All tasks of an instance, oldest first. Plan: primary key of instances, one range of tasks_of_instance.
SELECT
	t.id, t.instance_id, t.node_id, t.status, t.is_start, t.opened_at, t.closed_at, t.completed_by, t.undone_by,
	t.assignments, i.namespace,
	coalesce(t.called_flow, i.flow_id) AS flow_id, coalesce(t.called_version, i.flow_version) AS flow_version, t.loop_id
FROM instances AS i
JOIN tasks AS t ON t.tenant_id = i.tenant_id AND t.instance_id = i.id
WHERE i.tenant_id = $1 AND i.id = $2
ORDER BY t.opened_at, t.id
