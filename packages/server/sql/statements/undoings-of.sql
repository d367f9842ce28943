-- The rollbacks after the position $3 that undid firings up to the seq $4: which entries of a page of history are undone, and by
-- what. They may be as many as the instance has commands, so they come in parts of 200 at most that end with the one that
-- makes them $7 bytes long; $5 and $6 are where the part before ended. A rollback that was taken back comes after the taking
-- back, which undid the same firings and is later.
-- Plan: one range of the partial index steps_that_undo, which holds nothing but rollbacks; `+ 0` keeps the planner from
-- reading all that came after the page instead.
SELECT position, undone_from, events
FROM (
	SELECT
		position, undone_from, events,
		sum(size) OVER (ORDER BY undone_from, position DESC ROWS UNBOUNDED PRECEDING) - size AS before
	FROM (
		SELECT
			position, undone_from, events,
			-- As in read-steps.sql.
			CASE WHEN pg_column_compression(events) IS NULL THEN pg_column_size(events) ELSE octet_length(events::text) END AS size
		FROM steps
		WHERE
			tenant_id = $1 AND instance_id = $2 AND undone_from <= $4 AND position + 0 > $3
			AND undone_from >= $5 AND (undone_from > $5 OR position < $6)
		ORDER BY undone_from, position DESC
		LIMIT 200
	) AS part
) AS measured
WHERE before < $7
ORDER BY undone_from, position DESC
