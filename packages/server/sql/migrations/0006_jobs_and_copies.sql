-- What the work had, and wrote, that a compensation undoes: after the rollback the variables are others. Null where an earlier
-- version made the row.
ALTER TABLE jobs ADD COLUMN variables json;
-- Whether something is to be undone at a node before it is done again.
CREATE INDEX jobs_compensating ON jobs (tenant_id, instance_id, node_id) WHERE rollback_id IS NOT NULL AND done_at IS NULL;
CREATE INDEX jobs_at_rest ON jobs (tenant_id, id) WHERE retries = 0 AND done_at IS NULL;

-- Copies of what is open, so that nobody's past is read for them. Of tasks that were open at this migration it goes on to say
-- so when they have been closed; readers ask the task too.
ALTER TABLE copies ADD COLUMN is_open boolean NOT NULL DEFAULT true;
UPDATE copies AS c
SET is_open = false
FROM tasks AS t
WHERE t.tenant_id = c.tenant_id AND t.id = c.task_id AND t.status <> 'in_process';
CREATE INDEX copies_open ON copies (tenant_id, user_id, opened_at, task_id) WHERE is_open;
