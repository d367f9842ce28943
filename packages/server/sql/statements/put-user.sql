-- Makes or replaces a user, unless the manager named does not exist. One may be one's own manager: the head of an
-- organisation. Plan: two lookups in the primary key of users.
INSERT INTO users (tenant_id, id, name, email, manager_id, departments, out_of_office_until, substitute_id)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE
	$5::text IS NULL OR $5 = $2
	OR EXISTS (SELECT FROM users AS m WHERE m.tenant_id = $1 AND m.id = $5)
ON CONFLICT (tenant_id, id) DO UPDATE SET
	name = excluded.name, email = excluded.email, manager_id = excluded.manager_id,
	departments = excluded.departments, out_of_office_until = excluded.out_of_office_until,
	substitute_id = excluded.substitute_id
RETURNING id
