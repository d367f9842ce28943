-- One task, with the flow that says what its node is called. Plan: primary keys of tasks and instances; OFFSET 0 keeps
-- them lookups (see describe-tasks.sql).
SELECT
	t.id, t.instance_id, t.node_id, t.status, t.is_start, t.opened_at, t.closed_at, t.completed_by, t.undone_by,
	t.assignments, i.namespace,
	coalesce(t.called_flow, i.flow_id) AS flow_id, coalesce(t.called_version, i.flow_version) AS flow_version, t.loop_id
FROM (SELECT * FROM tasks WHERE tenant_id = $1 AND id = $2 OFFSET 0) AS t
CROSS JOIN LATERAL (
	SELECT namespace, flow_id, flow_version FROM instances WHERE tenant_id = $1 AND id = t.instance_id OFFSET 0
) AS i
