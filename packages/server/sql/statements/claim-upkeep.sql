-- Claims work that one process of all does: whoever gets a row does it, and it is due again at $3.
-- Plan: primary key of upkeep.
INSERT INTO upkeep AS u (work, due)
VALUES ($1, $3)
ON CONFLICT (work) DO UPDATE SET due = excluded.due WHERE u.due <= $2
RETURNING work
