-- Forgets a tenant's idempotency keys older than $3, among the $4 that follow key $2. The table is walked in the order of
-- its key: an index by time would cost every command. Plan: one range of the primary key of idempotency, twice.
WITH page AS (
	SELECT key
	FROM idempotency
	WHERE tenant_id = $1 AND key > $2
	ORDER BY key
	LIMIT $4
),
gone AS (
	DELETE FROM idempotency
	WHERE tenant_id = $1 AND key > $2 AND key <= (SELECT max(key) FROM page) AND created_at < $3
)
SELECT max(key) AS last FROM page
