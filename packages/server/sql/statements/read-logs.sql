-- The logs of some instances, each from the completion of a task on, oldest step first; of each log the first $9 steps, where
-- one of more than $10 bytes comes without its events. For the id of a repeated task: from the completion of
-- its first run that counts, or of its first run at all where any_run. Nothing after the version of the instance. $7 and $8
-- are the lowest and the highest of the instances: which months of the log there are to look into is known from them before
-- any row is.
-- Plan: for each a lookup in the primary key of tasks, a range of tasks_of_loop and a range of the primary key of steps; what
-- came before the range is never touched.
SELECT
	k.index, c.completed_seq, c.completed_position,
	CASE
		WHEN pg_column_size(s.events) > $10 THEN NULL
		-- Only what is compressed is made a text to measure it: it can be eighty times as long as it is stored, or more.
		WHEN pg_column_compression(s.events) IS NOT NULL AND octet_length(s.events::text) > $10 THEN NULL
		ELSE s.events
	END AS events
FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[])
	AS k (index, tenant_id, instance_id, task_id, version, any_run)
CROSS JOIN LATERAL (
	(
		SELECT instance_id, completed_seq, completed_position
		FROM tasks
		WHERE tenant_id = k.tenant_id AND id = k.task_id AND completed_position <= k.version
	)
	UNION ALL
	(
		SELECT instance_id, completed_seq, completed_position
		FROM tasks
		WHERE tenant_id = k.tenant_id AND loop_id = k.task_id AND completed_position <= k.version
			AND (undone_by IS NULL OR k.any_run)
		ORDER BY completed_seq
		LIMIT 1
	)
) AS c
CROSS JOIN LATERAL (
	SELECT position, events
	FROM steps
	WHERE tenant_id = k.tenant_id AND instance_id = k.instance_id AND instance_id BETWEEN $7 AND $8
		AND position BETWEEN c.completed_position AND k.version
	ORDER BY position
	LIMIT $9
) AS s
WHERE c.instance_id = k.instance_id
ORDER BY k.index, s.position
