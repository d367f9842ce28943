-- The number of a decision's latest version; the version itself is cached. Plan: the last row of a range of the primary key.
SELECT version
FROM decisions
WHERE tenant_id = $1 AND namespace = $2 AND decision_id = $3
ORDER BY version DESC
LIMIT 1
