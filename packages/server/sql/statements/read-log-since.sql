-- The first $5 steps of the log of an instance from the one that holds an event on, to the position $3, oldest first; one of
-- more than $6 bytes comes without its events. Steps have no gaps and each holds at least one event, so the first is
-- found by halving; an index of events would cost every command.
-- The first event is a record, which names its seq, or a firing, whose sixth member it is (storage/documents).
-- Plan: some twenty lookups in the primary key of steps at most, whatever the length of the log, and a range of it.
WITH RECURSIVE search AS (
	SELECT 1::bigint AS low, least($3::bigint, $4::bigint) AS high
	UNION ALL
	SELECT
		CASE WHEN s.first_seq <= $4 THEN s.position ELSE k.low END,
		CASE WHEN s.first_seq <= $4 THEN k.high ELSE s.position - 1 END
	FROM search AS k
	CROSS JOIN LATERAL (
		SELECT position, coalesce(events -> 'events' -> 0 ->> 'seq', events -> 'events' -> 0 ->> 5)::bigint AS first_seq
		FROM steps
		WHERE tenant_id = $1 AND instance_id = $2 AND position = (k.low + k.high + 1) / 2
		OFFSET 0
	) AS s
	WHERE k.low < k.high
)
SELECT
	s.position,
	CASE
		WHEN pg_column_size(s.events) > $6 THEN NULL
		-- Only what is compressed is made a text to measure it: it can be eighty times as long as it is stored, or more.
		WHEN pg_column_compression(s.events) IS NOT NULL AND octet_length(s.events::text) > $6 THEN NULL
		ELSE s.events
	END AS events
FROM search AS k
CROSS JOIN LATERAL (
	SELECT position, events
	FROM steps
	WHERE tenant_id = $1 AND instance_id = $2 AND position BETWEEN k.low AND $3
	ORDER BY position
	LIMIT $5
) AS s
WHERE k.low = k.high
ORDER BY s.position
