-- Which instance a rollback is of. Plan: primary key of rollbacks.
SELECT instance_id FROM rollbacks WHERE tenant_id = $1 AND id = $2
