-- How long a tenant keeps what ended, as it is now; null: for ever. Plan: primary key of tenants.
SELECT keep_days FROM tenants WHERE tenant_id = $1
