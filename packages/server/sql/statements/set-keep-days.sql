-- How long a tenant keeps what ended; null: for ever. Plan: primary key of tenants.
UPDATE tenants SET keep_days = $2 WHERE tenant_id = $1 RETURNING tenant_id
