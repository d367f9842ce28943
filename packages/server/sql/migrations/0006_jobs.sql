-- What the work had, and wrote, that a compensation undoes: after the rollback the variables are others. Null where an earlier
-- version made the row.
ALTER TABLE jobs ADD COLUMN variables json;
-- Whether something is to be undone at a node before it is done again.
CREATE INDEX jobs_compensating ON jobs (tenant_id, instance_id, node_id) WHERE rollback_id IS NOT NULL AND done_at IS NULL;
CREATE INDEX jobs_at_rest ON jobs (tenant_id, id) WHERE retries = 0 AND done_at IS NULL;
