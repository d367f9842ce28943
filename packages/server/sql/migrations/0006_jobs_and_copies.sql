-- What the compensations of a rollback share: the variables of the process before it.
ALTER TABLE rollbacks ADD COLUMN variables json;
-- Of a compensation: how the variables of the work that it undoes differ from those. Null where that is too much to keep, and
-- where an earlier version made the row.
ALTER TABLE jobs ADD COLUMN variables json;
-- Where work is done, a line for each of the scopes around it (job-places.ts); of a compensation one line at most.
ALTER TABLE jobs ADD COLUMN places text;
-- Whether something is to be undone at a place before it is done again.
CREATE INDEX jobs_compensating ON jobs (tenant_id, instance_id, node_id) WHERE rollback_id IS NOT NULL AND done_at IS NULL;
CREATE INDEX jobs_at_rest ON jobs (tenant_id, id) WHERE retries = 0 AND done_at IS NULL;

-- Copies of what is open, so that nobody's past is read for them. Those that are there already, and those of tasks that were
-- opened before, go on to say so when their task has been closed: readers ask the task too.
ALTER TABLE copies ADD COLUMN is_open boolean NOT NULL DEFAULT true;
CREATE INDEX copies_open ON copies (tenant_id, user_id, opened_at, task_id) WHERE is_open;
