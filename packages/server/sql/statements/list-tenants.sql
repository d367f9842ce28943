-- A page of the tenants after $1, and how long each keeps what ended. Plan: one range of the primary key of tenants.
SELECT tenant_id, keep_days
FROM tenants
WHERE tenant_id > $1
ORDER BY tenant_id
LIMIT $2
