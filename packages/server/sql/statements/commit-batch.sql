-- Writes a batch of instances and everything that their commands caused, in one round trip and one transaction.
-- Each instance is written only if its version is still the expected one; the rows of an instance that lost are left
-- out by `IN (SELECT write FROM won)`, while the others of the batch are written. Answers which instances won.
--
-- Each table has one array of numbers, in which a row begins with the write that it belongs to: the place of its instance in
-- the batch, from 1. -1 is NULL, because in an array without any PostgreSQL need not search. The texts of a table are an
-- array each. What a row has in common with its instance is looked up there and not sent again. Every array that is
-- unnested is made a table of its own first, which took a fifth of the time when each column was one.
--
-- Documents come as one text each column, parted by U+001F, which JSON never contains unescaped: an array literal would
-- have every quotation mark in them escaped here and unescaped there. An empty text is NULL.
--
-- `called_version` of a task is the version of whichever flow its node is of, the instance's own included: tasks that were
-- closed before a migration are of the version before.
--
-- Plan: one lookup a row (instances, tasks, assignments, each by its primary key) and a hashed subplan for `won`, which
-- `IS TRUE` keeps from being turned into a join. See connect.ts for how scans are kept out of it.
WITH batch AS NOT MATERIALIZED (
	SELECT
		$1::bigint[] AS instances, $2::text[] AS tenants, $5::text[] AS namespaces, $6::text[] AS flows,
		$7::text[] AS initiators
),
writes AS (
	SELECT
		n AS write, tenant_id, instances[n][2] AS id, instances[n][3] AS expected, instances[n][4] AS version, status,
		state::json AS state, namespace, flow_id, instances[n][5] AS flow_version, initiator, business_key,
		instances[n][6] AS started_at, nullif(instances[n][7], -1) AS ended_at
	FROM batch, ROWS FROM (
		generate_subscripts($1::bigint[], 1),
		unnest($2::text[], $3::text[], string_to_array($4, chr(31), ''), $5::text[], $6::text[], $7::text[], $8::text[])
	) AS texts (n, tenant_id, status, state, namespace, flow_id, initiator, business_key)
),
updated AS (
	UPDATE instances AS i
	SET
		version = w.version, status = w.status, state = w.state, ended_at = w.ended_at, flow_version = w.flow_version
	FROM writes AS w
	WHERE w.expected > 0 AND i.tenant_id = w.tenant_id AND i.id = w.id AND i.version = w.expected
	RETURNING w.write
),
created AS (
	INSERT INTO instances (
		tenant_id, id, version, status, state, namespace, flow_id, flow_version, initiator, business_key,
		started_at, ended_at
	)
	SELECT
		tenant_id, id, version, status, state, namespace, flow_id, flow_version, initiator, business_key,
		started_at, ended_at
	FROM writes
	WHERE expected = 0
),
won AS (
	SELECT write FROM updated
	UNION ALL
	SELECT write FROM writes WHERE expected = 0
),
new_steps AS (
	INSERT INTO steps (tenant_id, instance_id, position, at, actor, command, undone_from, events)
	SELECT tenants[write], instances[write][2], position, at, actor, command, undone_from, events::json
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS position, x[n][3] AS at, nullif(x[n][4], -1) AS undone_from, actor, command,
			events
		FROM (SELECT $9::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($9::bigint[], 1),
			unnest($10::text[], $11::text[], string_to_array($12, chr(31), ''))
		) AS texts (n, actor, command, events)
	) AS s
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
new_tasks AS (
	INSERT INTO tasks (
		tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, undone_by, loop_id, called_flow, called_version, past, assignments
	)
	SELECT
		tenants[write], id, instances[write][2], node_id, status, is_start = 1, opened_at, closed_at, completed_by,
		completed_seq, completed_position, nullif(undone_by, 0), loop_id, called_flow, called_version, past::json,
		assignments::json
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS id, x[n][3] AS is_start, x[n][4] AS opened_at,
			nullif(x[n][5], -1) AS closed_at, nullif(x[n][6], -1) AS completed_seq,
			nullif(x[n][7], -1) AS completed_position, nullif(x[n][8], -1) AS undone_by,
			nullif(x[n][9], -1) AS loop_id, nullif(x[n][10], -1) AS called_version, node_id, status, completed_by,
			called_flow, past, assignments
		FROM (SELECT $13::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($13::bigint[], 1),
			unnest(
				$14::text[], $15::text[], $16::text[], $17::text[], string_to_array($18, chr(31), ''),
				string_to_array($19, chr(31), '')
			)
		) AS texts (n, node_id, status, completed_by, called_flow, past, assignments)
	) AS t
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
changed_tasks AS (
	UPDATE tasks AS t
	SET
		status = coalesce(c.status, t.status),
		closed_at = CASE WHEN c.status = 'in_process' THEN NULL ELSE coalesce(c.closed_at, t.closed_at) END,
		completed_by = coalesce(c.completed_by, t.completed_by),
		completed_seq = coalesce(c.completed_seq, t.completed_seq),
		completed_position = coalesce(c.completed_position, t.completed_position),
		undone_by = nullif(coalesce(c.undone_by, t.undone_by), 0),
		assignments = coalesce(c.assignments, t.assignments),
		node_id = coalesce(c.node_id, t.node_id),
		called_version = coalesce(c.called_version, t.called_version)
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS id, nullif(x[n][3], -1) AS closed_at, nullif(x[n][4], -1) AS completed_seq,
			nullif(x[n][5], -1) AS completed_position, nullif(x[n][6], -1) AS undone_by,
			nullif(x[n][7], -1) AS called_version, status, completed_by, new_assignments::json AS assignments, node_id
		FROM (SELECT $20::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($20::bigint[], 1),
			unnest($21::text[], $22::text[], string_to_array($23, chr(31), ''), $24::text[])
		) AS texts (n, status, completed_by, new_assignments, node_id)
	) AS c
	WHERE t.tenant_id = tenants[c.write] AND t.id = c.id AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_assignments AS (
	INSERT INTO assignments (
		tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	)
	SELECT
		tenants[write], task_id, user_id, instances[write][2], namespaces[write], flows[write], initiators[write],
		status, opened_at
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS task_id, x[n][3] AS opened_at, user_id, status
		FROM (SELECT $25::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($25::bigint[], 1),
			unnest($26::text[], $27::text[])
		) AS texts (n, user_id, status)
	) AS a
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
changed_assignments AS (
	UPDATE assignments AS a
	SET status = c.status
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS task_id, user_id, status
		FROM (SELECT $28::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($28::bigint[], 1),
			unnest($29::text[], $30::text[])
		) AS texts (n, user_id, status)
	) AS c
	WHERE
		a.tenant_id = tenants[c.write] AND a.task_id = c.task_id AND a.user_id = c.user_id
		AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_keys AS (
	INSERT INTO idempotency (tenant_id, key, fingerprint, result, created_at)
	SELECT tenants[write], key, fingerprint, result::json, created_at
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS created_at, key, fingerprint, result
		FROM (SELECT $31::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($31::bigint[], 1),
			unnest($32::text[], $33::text[], string_to_array($34, chr(31), ''))
		) AS texts (n, key, fingerprint, result)
	) AS k
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
-- What few commands cause comes last: commit-batch.ts cuts the statement here where a batch has none of it.
new_copies AS (
	INSERT INTO copies (tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at)
	SELECT
		tenants[write], user_id, opened_at, task_id, instances[write][2], namespaces[write], flows[write], copied_at
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS opened_at, x[n][3] AS task_id, x[n][4] AS copied_at, user_id
		FROM (SELECT $35::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($35::bigint[], 1),
			unnest($36::text[])
		) AS texts (n, user_id)
	) AS c
	WHERE (write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT DO NOTHING
),
changed_copies AS (
	UPDATE copies AS c
	SET is_open = x.is_open
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS task_id, x[n][3] = 1 AS is_open
		FROM (SELECT $37::bigint[] AS x) AS numbers, generate_subscripts($37::bigint[], 1) AS n
	) AS x
	WHERE
		c.tenant_id = tenants[x.write] AND c.instance_id = instances[x.write][2] AND c.task_id = x.task_id
		AND (x.write IN (SELECT write FROM won)) IS TRUE
),
linked_chats AS (
	INSERT INTO chat_groups (tenant_id, task_id, chat_id, name, members)
	SELECT tenants[write], task_id, chat_id, name, ARRAY(SELECT json_array_elements_text(members::json))
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS task_id, chat_id, name, members
		FROM (SELECT $38::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($38::bigint[], 1),
			unnest($39::text[], $40::text[], string_to_array($41, chr(31), ''))
		) AS texts (n, chat_id, name, members)
	) AS c
	WHERE (write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT (tenant_id, task_id, chat_id) DO UPDATE SET name = excluded.name, members = excluded.members
),
new_notices AS (
	INSERT INTO outbox (tenant_id, instance_id, seq, kind, payload, created_at, try_at)
	SELECT tenants[write], instances[write][2], seq, kind, payload::json, created_at, try_at
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS seq, x[n][3] AS created_at, nullif(x[n][4], -1) AS try_at, kind, payload
		FROM (SELECT $42::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($42::bigint[], 1),
			unnest($43::text[], string_to_array($44, chr(31), ''))
		) AS texts (n, kind, payload)
	) AS o
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
new_rollbacks AS (
	INSERT INTO rollbacks (tenant_id, id, instance_id, position, variables)
	SELECT tenants[write], id, instances[write][2], position, variables::json
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS id, x[n][3] AS position, variables
		FROM (SELECT $45::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($45::bigint[], 1),
			unnest(string_to_array($46, chr(31), ''))
		) AS texts (n, variables)
	) AS r
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
ended_waits AS (
	DELETE FROM waits AS w
	USING batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS token_id
		FROM (SELECT $47::bigint[] AS x) AS numbers, generate_subscripts($47::bigint[], 1) AS n
	) AS e
	WHERE
		w.tenant_id = tenants[e.write] AND w.instance_id = instances[e.write][2] AND w.token_id = e.token_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
new_waits AS (
	INSERT INTO waits (tenant_id, instance_id, token_id, kind, name, key, due, try_at)
	SELECT tenants[write], instances[write][2], token_id, kind, name, key, due, due
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS token_id, CASE kind WHEN 'timer' THEN x[n][3] END AS due, kind, name, key
		FROM (SELECT $48::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($48::bigint[], 1),
			unnest($49::text[], $50::text[], $51::text[])
		) AS texts (n, kind, name, key)
	) AS n
	WHERE (write IN (SELECT write FROM won)) IS TRUE
	-- A timer that was undone and put back by the same write counts from the beginning. Its moment may well be -1: a date.
	ON CONFLICT (tenant_id, instance_id, token_id)
	DO UPDATE SET name = excluded.name, key = excluded.key, due = excluded.due, try_at = excluded.try_at, tries = 0
),
ended_jobs AS (
	DELETE FROM jobs AS j
	USING batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS token_id
		FROM (SELECT $52::bigint[] AS x) AS numbers, generate_subscripts($52::bigint[], 1) AS n
	) AS e
	WHERE
		j.tenant_id = tenants[e.write] AND j.instance_id = instances[e.write][2] AND j.token_id = e.token_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
withdrawn_jobs AS (
	DELETE FROM jobs AS j
	USING batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS rollback_id
		FROM (SELECT $53::bigint[] AS x) AS numbers, generate_subscripts($53::bigint[], 1) AS n
	) AS e
	WHERE
		j.tenant_id = tenants[e.write] AND j.rollback_id = e.rollback_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
new_jobs AS (
	INSERT INTO jobs (
		tenant_id, id, instance_id, node_id, topic, token_id, rollback_id, compensates, blocked_by, retries,
		created_at, locked_until, places, variables
	)
	SELECT
		tenants[write], id, instances[write][2], node_id, topic, token_id, rollback_id, compensates, blocked_by,
		retries, created_at, created_at, places, variables::json
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS id, nullif(x[n][3], -1) AS token_id, nullif(x[n][4], -1) AS rollback_id,
			nullif(x[n][5], -1) AS compensates, nullif(x[n][6], -1) AS blocked_by, x[n][7] AS retries,
			x[n][8] AS created_at, node_id, topic, places, variables
		FROM (SELECT $54::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($54::bigint[], 1),
			unnest($55::text[], $56::text[], $57::text[], string_to_array($58, chr(31), ''))
		) AS texts (n, node_id, topic, places, variables)
	) AS n
	WHERE (write IN (SELECT write FROM won)) IS TRUE
),
moved_jobs AS (
	UPDATE jobs AS j
	SET node_id = m.node_id
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS token_id, node_id
		FROM (SELECT $59::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($59::bigint[], 1),
			unnest($60::text[])
		) AS texts (n, node_id)
	) AS m
	WHERE
		j.tenant_id = tenants[m.write] AND j.instance_id = instances[m.write][2] AND j.token_id = m.token_id
		AND (m.write IN (SELECT write FROM won)) IS TRUE
),
moved_waits AS (
	UPDATE waits AS w
	SET token_id = m.later_id
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS token_id, x[n][3] AS later_id
		FROM (SELECT $61::bigint[] AS x) AS numbers, generate_subscripts($61::bigint[], 1) AS n
	) AS m
	WHERE
		w.tenant_id = tenants[m.write] AND w.instance_id = instances[m.write][2] AND w.token_id = m.token_id
		AND (m.write IN (SELECT write FROM won)) IS TRUE
),
moved_compensations AS (
	UPDATE jobs AS j
	SET places = m.places
	FROM batch, (
		SELECT
			x[n][1] AS write, x[n][2] AS rollback_id, x[n][3] AS compensates, places
		FROM (SELECT $62::bigint[] AS x) AS numbers, ROWS FROM (
			generate_subscripts($62::bigint[], 1),
			unnest($63::text[])
		) AS texts (n, places)
	) AS m
	WHERE
		j.tenant_id = tenants[m.write] AND j.rollback_id = m.rollback_id AND j.compensates = m.compensates
		AND j.done_at IS NULL AND (m.write IN (SELECT write FROM won)) IS TRUE
)
SELECT write FROM won
