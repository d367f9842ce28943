-- The numbers of the latest versions of some decisions; the versions themselves are cached. Plan: for each the last row of a range
-- of the primary key.
SELECT k.index, l.version
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS k (index, tenant_id, namespace, id)
CROSS JOIN LATERAL (
	SELECT version
	FROM decisions
	WHERE tenant_id = k.tenant_id AND namespace = k.namespace AND decision_id = k.id
	ORDER BY version DESC
	LIMIT 1
) AS l
