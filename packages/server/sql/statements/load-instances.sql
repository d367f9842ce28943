-- The live states of some instances, for commands. Plan: one lookup in the primary key of instances for each.
SELECT
	k.index, i.version, i.state, i.namespace, i.flow_id, i.flow_version, i.initiator, i.business_key, i.started_at,
	i.ended_at
FROM unnest($1::int[], $2::text[], $3::bigint[]) AS k (index, tenant_id, id)
JOIN instances AS i ON i.tenant_id = k.tenant_id AND i.id = k.id
