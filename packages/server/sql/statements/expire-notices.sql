-- Forgets a tenant's notices that were sent before $3, of the instances that come next after $2: those that the $4 following
-- notices are of. Walked as in expire-answers.sql. Plan: one range of the primary key of outbox, twice.
WITH page AS (
	SELECT instance_id
	FROM outbox
	WHERE tenant_id = $1 AND instance_id > $2
	ORDER BY instance_id
	LIMIT $4
),
gone AS (
	DELETE FROM outbox
	WHERE
		tenant_id = $1 AND instance_id > $2 AND instance_id <= (SELECT max(instance_id) FROM page) AND sent_at < $3
)
SELECT max(instance_id) AS last FROM page
