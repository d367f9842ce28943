-- Which instances these tasks belong to, for commands. Plan: one lookup in the primary key of tasks for each.
SELECT k.index, t.instance_id
FROM unnest($1::int[], $2::text[], $3::bigint[]) AS k (index, tenant_id, id)
JOIN tasks AS t ON t.tenant_id = k.tenant_id AND t.id = k.id
