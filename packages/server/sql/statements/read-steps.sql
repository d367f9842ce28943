-- Steps of an instance from one position to another, oldest first: the log that a rollback reads, and a page of history.
-- Plan: one range of the primary key of steps; what came before the range is never touched.
SELECT position, at, events
FROM steps
WHERE tenant_id = $1 AND instance_id = $2 AND position BETWEEN $3 AND $4
ORDER BY position
