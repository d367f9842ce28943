-- What a list shows of some tasks, in the order given. Plan: one lookup each in the primary keys of tasks, instances
-- and users for each.
SELECT
	t.id, t.opened_at, t.node_id, i.id AS instance_id, i.status, i.namespace, i.flow_id, i.flow_version, i.initiator,
	i.state, u.name AS initiator_name
FROM unnest($2::bigint[]) WITH ORDINALITY AS k (id, number)
JOIN tasks AS t ON t.tenant_id = $1 AND t.id = k.id
JOIN instances AS i ON i.tenant_id = $1 AND i.id = t.instance_id
LEFT JOIN users AS u ON u.tenant_id = $1 AND u.id = i.initiator
ORDER BY k.number
