-- Instances with everything that is kept of them, one JSON text each, for an archive.
-- Plan: primary keys of instances and steps, tasks_of_instance, copies_of_instance.
SELECT
	json_build_object(
		'instance', row_to_json(i),
		'steps', (
			SELECT json_agg(row_to_json(s) ORDER BY s.position)
			FROM steps AS s
			WHERE s.tenant_id = $1 AND s.instance_id = i.id
		),
		'tasks', (
			SELECT json_agg(row_to_json(t) ORDER BY t.id)
			FROM tasks AS t
			WHERE t.tenant_id = $1 AND t.instance_id = i.id
		),
		'copies', (
			SELECT json_agg(row_to_json(c) ORDER BY c.copied_at, c.task_id)
			FROM copies AS c
			WHERE c.tenant_id = $1 AND c.instance_id = i.id
		)
	)::text AS document
FROM instances AS i
WHERE i.tenant_id = $1 AND i.id = ANY($2::bigint[])
ORDER BY i.id
