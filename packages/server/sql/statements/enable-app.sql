-- Enables or disables an app. Plan: apps_by_id.
UPDATE apps SET enabled = $2 WHERE id = $1 RETURNING id
