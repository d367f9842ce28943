-- Where the log has the completion of a task, and of which instance it is; for the id of a repeated task, the completion
-- of its first run that counts, or of its first run at all where $4. None after position $3.
-- Plan: primary key of tasks, and a range of tasks_of_loop.
(
	SELECT instance_id, completed_seq, completed_position
	FROM tasks
	WHERE tenant_id = $1 AND id = $2 AND completed_position <= $3
)
UNION ALL
(
	SELECT instance_id, completed_seq, completed_position
	FROM tasks
	WHERE tenant_id = $1 AND loop_id = $2 AND completed_position <= $3 AND (undone_by IS NULL OR $4)
	ORDER BY completed_seq
	LIMIT 1
)
