-- The number of a flow's latest version; the version itself is cached. Plan: the last row of a range of the primary key.
SELECT version
FROM flows
WHERE tenant_id = $1 AND namespace = $2 AND flow_id = $3
ORDER BY version DESC
LIMIT 1
