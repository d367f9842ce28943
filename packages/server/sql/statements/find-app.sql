-- One app by the id that a request names, whatever its tenant. Plan: apps_by_id.
SELECT id, tenant_id, name, scopes, enabled, store, secret_hash, token_key, ticket_hash
FROM apps
WHERE id = $1
