-- Gives a store app a new ticket; the one before is no longer good. Plan: apps_by_id.
UPDATE apps SET ticket_hash = $2 WHERE id = $1 AND store RETURNING id
