-- Makes an app, and its tenant with the first one. An app that is there already stays as it is.
WITH tenant AS (
	INSERT INTO tenants (tenant_id, created_at) VALUES ($1, $8) ON CONFLICT DO NOTHING
)
INSERT INTO apps (tenant_id, id, name, scopes, enabled, store, secret_hash, token_key, created_at)
VALUES ($1, $2, $3, $4, true, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
