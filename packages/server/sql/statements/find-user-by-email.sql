-- The user with an e-mail address, whatever its case; of several the one with the lowest id, so that the answer is
-- always the same. Plan: users_by_email.
SELECT id, name, email, manager_id, departments, out_of_office_until, substitute_id
FROM users
WHERE tenant_id = $1 AND lower(email) = lower($2) AND email IS NOT NULL
ORDER BY id
LIMIT 1
