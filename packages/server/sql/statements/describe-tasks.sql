-- What a list shows of some tasks, in the order given. Plan: one lookup each in the primary keys of tasks, instances
-- and users for each. OFFSET 0 keeps a part from being merged into the whole: as a plain join, a planner without
-- statistics reads all of the tenant's rows once and compares. A state that is stored in more than 4,000 bytes is left out,
-- as a page can have a hundred tasks of one that has megabytes.
SELECT
	t.id, t.opened_at, t.node_id, t.called_flow, t.called_version, i.id AS instance_id, i.status, i.namespace, i.flow_id, i.flow_version, i.initiator,
	CASE WHEN pg_column_size(i.state) <= 4000 THEN i.state END AS state, u.name AS initiator_name
FROM unnest($2::bigint[]) WITH ORDINALITY AS k (id, number)
CROSS JOIN LATERAL (
	SELECT id, opened_at, node_id, called_flow, called_version, instance_id FROM tasks WHERE tenant_id = $1 AND id = k.id OFFSET 0
) AS t
CROSS JOIN LATERAL (SELECT * FROM instances WHERE tenant_id = $1 AND id = t.instance_id OFFSET 0) AS i
LEFT JOIN LATERAL (SELECT name FROM users WHERE tenant_id = $1 AND id = i.initiator OFFSET 0) AS u ON true
ORDER BY k.number
