-- One user. Plan: primary key of users.
SELECT id, name, email, manager_id, departments, out_of_office_until, substitute_id
FROM users
WHERE tenant_id = $1 AND id = $2
