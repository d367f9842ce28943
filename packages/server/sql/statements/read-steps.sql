-- Steps of an instance from the position $3 on, oldest first, to $4 at most: a page of history, or a part of a log. It ends with
-- the step that makes it $5 bytes long. Positions have no gaps, so each step is looked for by its own, and none after the
-- last is read.
-- Plan: one lookup in the primary key of steps for each. Only what is compressed is made a text to measure it: it can be eighty
-- times as long as it is stored, or more.
WITH RECURSIVE page AS (
	SELECT
		position, at, events,
		CASE WHEN pg_column_compression(events) IS NULL THEN pg_column_size(events) ELSE octet_length(events::text) END AS size
	FROM steps
	WHERE tenant_id = $1 AND instance_id = $2 AND position = $3
	UNION ALL
	SELECT s.position, s.at, s.events, p.size + s.size
	FROM page AS p
	CROSS JOIN LATERAL (
		SELECT
			position, at, events,
			CASE WHEN pg_column_compression(events) IS NULL THEN pg_column_size(events) ELSE octet_length(events::text) END AS size
		FROM steps
		WHERE tenant_id = $1 AND instance_id = $2 AND position = p.position + 1
		OFFSET 0
	) AS s
	WHERE p.position < $4 AND p.size < $5
)
SELECT position, at, events
FROM page
ORDER BY position
