-- The position of the step that holds an event, among the first $3 of an instance. Steps have no gaps and each holds at
-- least one event, so it is found by halving; an index of events would cost every command.
-- The first event is a record, which names its seq, or a firing, whose sixth member it is (storage/documents).
-- Plan: some twenty lookups in the primary key of steps at most, whatever the length of the log.
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
SELECT low AS position FROM search WHERE low = high
