-- Makes or replaces a group, unless it names users that do not exist; answers those. Users are never deleted, so what
-- was found stays found. Plan: one lookup in the primary key of users for each member.
WITH unknown AS (
	SELECT m.id
	FROM unnest($4::text[]) AS m (id)
	WHERE (SELECT u.id FROM users AS u WHERE u.tenant_id = $1 AND u.id = m.id) IS NULL
),
put AS (
	INSERT INTO user_groups (tenant_id, id, name, members)
	SELECT $1, $2, $3, $4::text[]
	WHERE NOT EXISTS (SELECT FROM unknown)
	ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, members = excluded.members
)
SELECT id FROM unknown
