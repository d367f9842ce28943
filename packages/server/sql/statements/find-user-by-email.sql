-- The user with an e-mail address, whatever its case; of several the one with the lowest id, so that the answer is
-- always the same. Plan: users_by_email; OFFSET 0 keeps the planner from
-- reading all users in the order of their ids instead.
SELECT id, name, email, manager_id, departments, out_of_office_until, substitute_id
FROM (SELECT * FROM users WHERE tenant_id = $1 AND lower(email) = lower($2) AND email IS NOT NULL OFFSET 0) AS u
ORDER BY id
LIMIT 1
