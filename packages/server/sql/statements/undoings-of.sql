-- The rollbacks after a position that undid firings up to a seq: which entries of a page of history are undone, and by
-- what. Plan: one range of the partial index steps_that_undo, which holds nothing but rollbacks; `+ 0` keeps the
-- planner from reading all that came after the page instead.
SELECT position, events
FROM steps
WHERE tenant_id = $1 AND instance_id = $2 AND undone_from <= $4 AND position + 0 > $3
ORDER BY position
