-- One group with its members. Plan: primary key of user_groups.
SELECT id, name, members
FROM user_groups
WHERE tenant_id = $1 AND id = $2
