-- The token that waits now for what another one waited for since $3. Plan: a range of the primary key of waits.
SELECT token_id
FROM waits
WHERE tenant_id = $1 AND instance_id = $2 AND since = $3
