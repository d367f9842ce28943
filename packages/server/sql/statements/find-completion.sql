-- Where the log has the completion of a task, and of which instance it is. Plan: primary key of tasks.
SELECT instance_id, completed_seq, completed_position
FROM tasks
WHERE tenant_id = $1 AND id = $2 AND completed_position IS NOT NULL
