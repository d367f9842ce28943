-- Stores a file as the next version of its decision, unless its latest version has the same content: then that version is
-- the answer. Two deployments at once compute the same number; the second fails on the primary key and is tried again.
-- Plan: the last row of a range of the primary key of decisions.
WITH latest AS (
	SELECT version, content_hash
	FROM decisions
	WHERE tenant_id = $1 AND namespace = $2 AND decision_id = $3
	ORDER BY version DESC
	LIMIT 1
),
deployed AS (
	INSERT INTO decisions (tenant_id, namespace, decision_id, version, content_hash, xml, model, warnings, deployed_at)
	SELECT $1, $2, $3, coalesce((SELECT version FROM latest), 0) + 1, $4, $5, $6::json, $7::json, $8
	WHERE NOT EXISTS (SELECT FROM latest WHERE content_hash = $4)
	RETURNING version
)
SELECT version FROM deployed
UNION ALL
SELECT version FROM latest WHERE content_hash = $4
