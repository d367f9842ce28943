-- Everything that an agreement writes, for a batch of them, as one statement; and nothing else: nobody's version has to
-- be told apart from another's, no other table is looked at.
WITH agreed AS (
	SELECT
		x[n][1] AS instance, x[n][2] AS version, x[n][3] AS task, x[n][4] AS at, nullif(x[n][5], -1) AS next_task, texts.*
	FROM (SELECT $2::bigint[] AS x) AS numbers, ROWS FROM (
		generate_subscripts($2::bigint[], 1),
		unnest(
			$3::text[], string_to_array($4, chr(31)), string_to_array($5, chr(31)), $6::text[],
			string_to_array($7, chr(31)), $8::text[], string_to_array($9, chr(31)), string_to_array($10, chr(31)),
			$11::text[], string_to_array($12, chr(31))
		)
	) AS texts (
		n, status, state, events, person, assignments, next_node, next_past, next_assignments, key, result
	)
),
instance AS (
	UPDATE instances AS i
	SET version = a.version + 1, status = a.status, state = a.state::json,
		ended_at = CASE WHEN a.next_task IS NULL THEN a.at END
	FROM agreed AS a
	WHERE i.tenant_id = $1 AND i.id = a.instance AND i.version = a.version
	RETURNING i.id
),
step AS (
	INSERT INTO steps (tenant_id, instance_id, position, at, actor, command, events)
	SELECT $1, instance, version + 1, at, person, 'decide-task', events::json FROM agreed
),
closed AS (
	UPDATE tasks AS t
	SET status = 'agreed', closed_at = a.at, completed_by = a.person, completed_seq = a.version * 4,
		completed_position = a.version + 1, assignments = a.assignments::json
	FROM agreed AS a
	WHERE t.tenant_id = $1 AND t.id = a.task
),
opened AS (
	INSERT INTO tasks (tenant_id, id, instance_id, node_id, status, is_start, opened_at, past, assignments)
	SELECT $1, next_task, instance, next_node, 'in_process', false, at, next_past::json, next_assignments::json
	FROM agreed
	WHERE next_task IS NOT NULL
),
decided AS (
	UPDATE assignments AS x
	SET status = 'agreed'
	FROM agreed AS a
	WHERE x.tenant_id = $1 AND x.task_id = a.task AND x.user_id = a.person
),
assigned AS (
	INSERT INTO assignments (
		tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	)
	SELECT $1, next_task, person, instance, 'bench__c', 'chain', person, 'pending', at
	FROM agreed
	WHERE next_task IS NOT NULL
),
answer AS (
	INSERT INTO idempotency (tenant_id, key, fingerprint, result, created_at)
	SELECT $1, key, md5(key), result::json, at FROM agreed
)
SELECT count(*)::int AS written FROM instance
