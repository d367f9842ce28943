-- What a list shows of some tasks, in the order given, up to the one whose live state makes those that are read $3 bytes long:
-- `number` says how far it came. Plan: one lookup each in the primary keys of tasks, instances and users for each. OFFSET 0
-- keeps a part from being merged into the whole: as a plain join, a planner without statistics reads all of the tenant's
-- rows once and compares.
SELECT
	number, id, opened_at, node_id, called_flow, called_version, instance_id, status, namespace, flow_id, flow_version,
	initiator, state, initiator_name
FROM (
	SELECT
		k.number, t.id, t.opened_at, t.node_id, t.called_flow, t.called_version, i.id AS instance_id, i.status, i.namespace,
		i.flow_id, i.flow_version, i.initiator, i.state, u.name AS initiator_name,
		sum(octet_length(i.state::text)) OVER (ORDER BY k.number ROWS UNBOUNDED PRECEDING) - octet_length(i.state::text)
			AS before
	FROM unnest($2::bigint[]) WITH ORDINALITY AS k (id, number)
	CROSS JOIN LATERAL (
		SELECT id, opened_at, node_id, called_flow, called_version, instance_id
		FROM tasks
		WHERE tenant_id = $1 AND id = k.id
		OFFSET 0
	) AS t
	CROSS JOIN LATERAL (SELECT * FROM instances WHERE tenant_id = $1 AND id = t.instance_id OFFSET 0) AS i
	LEFT JOIN LATERAL (SELECT name FROM users WHERE tenant_id = $1 AND id = i.initiator OFFSET 0) AS u ON true
) AS shown
WHERE before < $3
ORDER BY number
