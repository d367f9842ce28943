-- Stores a model as the next version of its flow, unless its latest version has the same content: then that version is
-- the answer. With a new version, the events that start it take the place of those of the version before. Two
-- deployments at once compute the same number; the second fails on the primary key and is tried again.
-- Plan: the last row of a range of the primary key of flows; a range of the primary key of start_waits.
WITH latest AS (
	SELECT version, content_hash, warnings
	FROM flows
	WHERE tenant_id = $1 AND namespace = $2 AND flow_id = $3
	ORDER BY version DESC
	LIMIT 1
),
deployed AS (
	INSERT INTO flows (tenant_id, namespace, flow_id, version, content_hash, xml, model, warnings, deployed_at)
	SELECT $1, $2, $3, coalesce((SELECT version FROM latest), 0) + 1, $4, $5, $6::json, $7::json, $8
	WHERE NOT EXISTS (SELECT FROM latest WHERE content_hash = $4)
	RETURNING version
),
ended_starts AS (
	DELETE FROM start_waits
	WHERE
		tenant_id = $1 AND namespace = $2 AND flow_id = $3 AND node_id <> ALL ($9::text[])
		AND EXISTS (SELECT FROM deployed)
),
new_starts AS (
	INSERT INTO start_waits (
		tenant_id, namespace, flow_id, node_id, version, kind, name, due, try_at, remaining
	)
	SELECT $1, $2, $3, s.node_id, d.version, s.kind, s.name, s.due, s.due, s.remaining
	FROM deployed AS d
	CROSS JOIN unnest($9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[])
		AS s (node_id, kind, name, due, remaining)
	ON CONFLICT (tenant_id, namespace, flow_id, node_id) DO UPDATE SET
		version = excluded.version, kind = excluded.kind, name = excluded.name, due = excluded.due,
		try_at = excluded.try_at, remaining = excluded.remaining, tries = 0
)
SELECT version FROM deployed
UNION ALL
SELECT version FROM latest WHERE content_hash = $4
