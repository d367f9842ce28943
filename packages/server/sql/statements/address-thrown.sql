-- Writes down whom a thrown event reaches, unless that was done already; answers what holds.
-- Plan: primary key of outbox, twice.
WITH addressed AS (
	UPDATE outbox
	SET recipients = $4::json
	WHERE tenant_id = $1 AND instance_id = $2 AND seq = $3 AND recipients IS NULL
	RETURNING recipients
)
SELECT recipients FROM addressed
UNION ALL
SELECT recipients
FROM outbox
WHERE tenant_id = $1 AND instance_id = $2 AND seq = $3 AND recipients IS NOT NULL
