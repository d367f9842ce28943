-- Writes a batch of instances and everything that their commands caused, in one round trip and one transaction.
-- Each instance is written only if its version is still the expected one; the rows of an instance that lost are left
-- out by `IN (SELECT write FROM won)`, while the others of the batch are written. Answers which instances won.
--
-- Documents come as one text each column, parted by U+001F, which JSON never contains unescaped: an array literal would
-- have every quotation mark in them escaped here and unescaped there. An empty text is NULL.
--
-- `called_version` of a task is the version of whichever flow its node is of, the instance's own included: tasks that were
-- closed before a migration are of the version before.
--
-- Plan: one lookup a row (instances, tasks, assignments, each by its primary key) and a hashed subplan for `won`, which
-- `IS TRUE` keeps from being turned into a join. See connect.ts for how scans are kept out of it.
WITH writes AS (
	SELECT
		write, tenant_id, id, expected, version, status, state::json AS state,
		namespace, flow_id, flow_version, initiator, business_key, started_at, ended_at
	FROM unnest(
		$1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], string_to_array($7, chr(31), ''),
		$8::text[], $9::text[], $10::int[], $11::text[], $12::text[], $13::bigint[], $14::bigint[]
	) AS w (
		write, tenant_id, id, expected, version, status, state,
		namespace, flow_id, flow_version, initiator, business_key, started_at, ended_at
	)
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
	SELECT tenant_id, instance_id, position, at, actor, command, undone_from, events::json
	FROM unnest(
		$15::int[], $16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::text[], $21::text[], $22::bigint[],
		string_to_array($23, chr(31), '')
	) AS s (write, tenant_id, instance_id, position, at, actor, command, undone_from, events)
	WHERE (s.write IN (SELECT write FROM won)) IS TRUE
),
new_tasks AS (
	INSERT INTO tasks (
		tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, undone_by, loop_id, called_flow, called_version, past, assignments
	)
	SELECT
		tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, nullif(undone_by, 0), loop_id, called_flow, called_version, past::json, assignments::json
	FROM unnest(
		$24::int[], $25::text[], $26::bigint[], $27::bigint[], $28::text[], $29::text[], $30::boolean[], $31::bigint[],
		$32::bigint[], $33::text[], $34::bigint[], $35::bigint[], $36::bigint[], $37::bigint[], $38::text[], $39::int[],
		string_to_array($40, chr(31), ''), string_to_array($41, chr(31), '')
	) AS t (
		write, tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, undone_by, loop_id, called_flow, called_version, past, assignments
	)
	WHERE (t.write IN (SELECT write FROM won)) IS TRUE
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
	FROM (
		SELECT
			write, tenant_id, id, status, closed_at, completed_by, completed_seq, completed_position, undone_by,
			assignments::json AS assignments, node_id, called_version
		FROM unnest(
			$42::int[], $43::text[], $44::bigint[], $45::text[], $46::bigint[], $47::text[], $48::bigint[], $49::bigint[],
			$50::bigint[], string_to_array($51, chr(31), ''), $52::text[], $53::int[]
		) AS u (
			write, tenant_id, id, status, closed_at, completed_by, completed_seq, completed_position, undone_by, assignments,
			node_id, called_version
		)
	) AS c
	WHERE t.tenant_id = c.tenant_id AND t.id = c.id AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_assignments AS (
	INSERT INTO assignments (
		tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	)
	SELECT tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	FROM unnest(
		$54::int[], $55::text[], $56::bigint[], $57::text[], $58::bigint[], $59::text[], $60::text[], $61::text[],
		$62::text[], $63::bigint[]
	) AS a (write, tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at)
	WHERE (a.write IN (SELECT write FROM won)) IS TRUE
),
changed_assignments AS (
	UPDATE assignments AS a
	SET status = c.status
	FROM unnest($64::int[], $65::text[], $66::bigint[], $67::text[], $68::text[])
		AS c (write, tenant_id, task_id, user_id, status)
	WHERE
		a.tenant_id = c.tenant_id AND a.task_id = c.task_id AND a.user_id = c.user_id
		AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_keys AS (
	INSERT INTO idempotency (tenant_id, key, fingerprint, result, created_at)
	SELECT tenant_id, key, fingerprint, result::json, created_at
	FROM unnest($69::int[], $70::text[], $71::text[], $72::text[], string_to_array($73, chr(31), ''), $74::bigint[])
		AS k (write, tenant_id, key, fingerprint, result, created_at)
	WHERE (k.write IN (SELECT write FROM won)) IS TRUE
),
-- What few commands cause comes last: commit-batch.ts cuts the statement here where a batch has none of it.
new_copies AS (
	INSERT INTO copies (tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at)
	SELECT tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at
	FROM unnest(
		$75::int[], $76::text[], $77::text[], $78::bigint[], $79::bigint[], $80::bigint[], $81::text[], $82::text[],
		$83::bigint[]
	) AS c (write, tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at)
	WHERE (c.write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT DO NOTHING
),
linked_chats AS (
	INSERT INTO chat_groups (tenant_id, task_id, chat_id, name, members)
	SELECT
		tenant_id, task_id, chat_id, name, ARRAY(SELECT json_array_elements_text(members::json))
	FROM unnest($84::int[], $85::text[], $86::bigint[], $87::text[], $88::text[], string_to_array($89, chr(31), ''))
		AS c (write, tenant_id, task_id, chat_id, name, members)
	WHERE (c.write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT (tenant_id, task_id, chat_id) DO UPDATE SET name = excluded.name, members = excluded.members
),
new_notices AS (
	INSERT INTO outbox (tenant_id, instance_id, seq, kind, payload, created_at, try_at)
	SELECT tenant_id, instance_id, seq, kind, payload::json, created_at, try_at
	FROM unnest($90::int[], $91::text[], $92::bigint[], $93::bigint[], $94::text[], string_to_array($95, chr(31), ''), $96::bigint[], $97::bigint[])
		AS o (write, tenant_id, instance_id, seq, kind, payload, created_at, try_at)
	WHERE (o.write IN (SELECT write FROM won)) IS TRUE
),
new_rollbacks AS (
	INSERT INTO rollbacks (tenant_id, id, instance_id, position)
	SELECT tenant_id, id, instance_id, position
	FROM unnest($98::int[], $99::text[], $100::bigint[], $101::bigint[], $102::bigint[])
		AS r (write, tenant_id, id, instance_id, position)
	WHERE (r.write IN (SELECT write FROM won)) IS TRUE
),
ended_waits AS (
	DELETE FROM waits AS w
	USING unnest($103::int[], $104::text[], $105::bigint[], $106::bigint[]) AS e (write, tenant_id, instance_id, token_id)
	WHERE
		w.tenant_id = e.tenant_id AND w.instance_id = e.instance_id AND w.token_id = e.token_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
new_waits AS (
	INSERT INTO waits (tenant_id, instance_id, token_id, kind, name, key, due, try_at)
	SELECT tenant_id, instance_id, token_id, kind, name, key, due, due
	FROM unnest($107::int[], $108::text[], $109::bigint[], $110::bigint[], $111::text[], $112::text[], $113::text[], $114::bigint[])
		AS n (write, tenant_id, instance_id, token_id, kind, name, key, due)
	WHERE (n.write IN (SELECT write FROM won)) IS TRUE
	-- A timer that was undone and put back by the same write counts from the beginning.
	ON CONFLICT (tenant_id, instance_id, token_id)
	DO UPDATE SET name = excluded.name, key = excluded.key, due = excluded.due, try_at = excluded.try_at, tries = 0
),
ended_jobs AS (
	DELETE FROM jobs AS j
	USING unnest($115::int[], $116::text[], $117::bigint[], $118::bigint[]) AS e (write, tenant_id, instance_id, token_id)
	WHERE
		j.tenant_id = e.tenant_id AND j.instance_id = e.instance_id AND j.token_id = e.token_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
withdrawn_jobs AS (
	DELETE FROM jobs AS j
	USING unnest($119::int[], $120::text[], $121::bigint[]) AS e (write, tenant_id, rollback_id)
	WHERE
		j.tenant_id = e.tenant_id AND j.rollback_id = e.rollback_id
		AND (e.write IN (SELECT write FROM won)) IS TRUE
),
new_jobs AS (
	INSERT INTO jobs (
		tenant_id, id, instance_id, node_id, topic, token_id, rollback_id, compensates, blocked_by, retries, created_at
	)
	SELECT
		tenant_id, id, instance_id, node_id, topic, token_id, rollback_id, compensates, blocked_by, retries, created_at
	FROM unnest(
		$122::int[], $123::text[], $124::bigint[], $125::bigint[], $126::text[], $127::text[], $128::bigint[], $129::bigint[],
		$130::bigint[], $131::bigint[], $132::int[], $133::bigint[]
	) AS n (
		write, tenant_id, id, instance_id, node_id, topic, token_id, rollback_id, compensates, blocked_by, retries,
		created_at
	)
	WHERE (n.write IN (SELECT write FROM won)) IS TRUE
),
moved_jobs AS (
	UPDATE jobs AS j
	SET node_id = m.node_id
	FROM unnest($134::int[], $135::text[], $136::bigint[], $137::bigint[], $138::text[])
		AS m (write, tenant_id, instance_id, token_id, node_id)
	WHERE
		j.tenant_id = m.tenant_id AND j.instance_id = m.instance_id AND j.token_id = m.token_id
		AND (m.write IN (SELECT write FROM won)) IS TRUE
),
moved_waits AS (
	UPDATE waits AS w
	SET token_id = m.later_id
	FROM unnest($139::int[], $140::text[], $141::bigint[], $142::bigint[], $143::bigint[])
		AS m (write, tenant_id, instance_id, token_id, later_id)
	WHERE
		w.tenant_id = m.tenant_id AND w.instance_id = m.instance_id AND w.token_id = m.token_id
		AND (m.write IN (SELECT write FROM won)) IS TRUE
)
SELECT write FROM won
