-- Work ($4) that was locked for a worker ($2) until $3 and did not come to him is free again, in its old place; $5: whether
-- somebody had it before. Plan: primary key of jobs for each.
UPDATE jobs
SET locked_by = NULL, locked_until = created_at, fetched = ($5::boolean[])[array_position($4::bigint[], id)]
WHERE tenant_id = $1 AND id = ANY($4::bigint[]) AND locked_by = $2 AND locked_until = $3 AND done_at IS NULL
