-- Where the log has the completion of a task of this instance. Plan: primary key of tasks.
SELECT completed_seq, completed_position
FROM tasks
WHERE tenant_id = $1 AND id = $2 AND instance_id = $3 AND completed_position IS NOT NULL
