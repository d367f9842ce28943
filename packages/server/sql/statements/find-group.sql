-- One group with its members, the first $3 of them where that is given. Plan: primary key of user_groups.
SELECT id, name, members[1:coalesce($3, 2147483647)] AS members
FROM user_groups
WHERE tenant_id = $1 AND id = $2
