-- What the compensations of rollbacks share. Plan: primary key of rollbacks for each.
SELECT id, variables::text AS variables FROM rollbacks WHERE tenant_id = $1 AND id = ANY($2::bigint[])
