-- Writes a batch of instances and everything that their commands caused, in one round trip and one transaction.
-- Each instance is written only if its version is still the expected one; the rows of an instance that lost are left
-- out by `IN (SELECT write FROM won)`, while the others of the batch are written. Answers which instances won.
--
-- Documents come as one text each column, parted by U+001F, which JSON never contains unescaped: an array literal would
-- have every quotation mark in them escaped here and unescaped there. An empty text is NULL.
--
-- Plan: one lookup a row (instances, tasks, assignments, each by its primary key) and a hashed subplan for `won`, which
-- `IS TRUE` keeps from being turned into a join. See connect.ts for how scans are kept out of it.
WITH writes AS (
	SELECT *
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
	SET version = w.version, status = w.status, state = w.state::json, ended_at = w.ended_at
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
		tenant_id, id, version, status, state::json, namespace, flow_id, flow_version, initiator, business_key,
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
		completed_position, undone_by, past, assignments
	)
	SELECT
		tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, undone_by, past::json, assignments::json
	FROM unnest(
		$24::int[], $25::text[], $26::bigint[], $27::bigint[], $28::text[], $29::text[], $30::boolean[], $31::bigint[],
		$32::bigint[], $33::text[], $34::bigint[], $35::bigint[], $36::bigint[], string_to_array($37, chr(31), ''), string_to_array($38, chr(31), '')
	) AS t (
		write, tenant_id, id, instance_id, node_id, status, is_start, opened_at, closed_at, completed_by, completed_seq,
		completed_position, undone_by, past, assignments
	)
	WHERE (t.write IN (SELECT write FROM won)) IS TRUE
),
changed_tasks AS (
	UPDATE tasks AS t
	SET
		status = coalesce(c.status, t.status),
		closed_at = coalesce(c.closed_at, t.closed_at),
		completed_by = coalesce(c.completed_by, t.completed_by),
		completed_seq = coalesce(c.completed_seq, t.completed_seq),
		completed_position = coalesce(c.completed_position, t.completed_position),
		undone_by = coalesce(c.undone_by, t.undone_by),
		assignments = coalesce(c.assignments::json, t.assignments)
	FROM unnest(
		$39::int[], $40::text[], $41::bigint[], $42::text[], $43::bigint[], $44::text[], $45::bigint[], $46::bigint[],
		$47::bigint[], string_to_array($48, chr(31), '')
	) AS c (
		write, tenant_id, id, status, closed_at, completed_by, completed_seq, completed_position, undone_by, assignments
	)
	WHERE t.tenant_id = c.tenant_id AND t.id = c.id AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_assignments AS (
	INSERT INTO assignments (
		tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	)
	SELECT tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at
	FROM unnest(
		$49::int[], $50::text[], $51::bigint[], $52::text[], $53::bigint[], $54::text[], $55::text[], $56::text[],
		$57::text[], $58::bigint[]
	) AS a (write, tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at)
	WHERE (a.write IN (SELECT write FROM won)) IS TRUE
),
changed_assignments AS (
	UPDATE assignments AS a
	SET status = c.status
	FROM unnest($59::int[], $60::text[], $61::bigint[], $62::text[], $63::text[])
		AS c (write, tenant_id, task_id, user_id, status)
	WHERE
		a.tenant_id = c.tenant_id AND a.task_id = c.task_id AND a.user_id = c.user_id
		AND (c.write IN (SELECT write FROM won)) IS TRUE
),
new_copies AS (
	INSERT INTO copies (tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at)
	SELECT tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at
	FROM unnest(
		$64::int[], $65::text[], $66::text[], $67::bigint[], $68::bigint[], $69::bigint[], $70::text[], $71::text[],
		$72::bigint[]
	) AS c (write, tenant_id, user_id, opened_at, task_id, instance_id, namespace, flow_id, copied_at)
	WHERE (c.write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT DO NOTHING
),
linked_chats AS (
	INSERT INTO chat_groups (tenant_id, task_id, chat_id, name, members)
	SELECT
		tenant_id, task_id, chat_id, name, ARRAY(SELECT json_array_elements_text(members::json))
	FROM unnest($73::int[], $74::text[], $75::bigint[], $76::text[], $77::text[], string_to_array($78, chr(31), ''))
		AS c (write, tenant_id, task_id, chat_id, name, members)
	WHERE (c.write IN (SELECT write FROM won)) IS TRUE
	ON CONFLICT (tenant_id, task_id, chat_id) DO UPDATE SET name = excluded.name, members = excluded.members
),
new_notices AS (
	INSERT INTO outbox (tenant_id, instance_id, seq, kind, payload, created_at)
	SELECT tenant_id, instance_id, seq, kind, payload::json, created_at
	FROM unnest($79::int[], $80::text[], $81::bigint[], $82::bigint[], $83::text[], string_to_array($84, chr(31), ''), $85::bigint[])
		AS o (write, tenant_id, instance_id, seq, kind, payload, created_at)
	WHERE (o.write IN (SELECT write FROM won)) IS TRUE
),
new_keys AS (
	INSERT INTO idempotency (tenant_id, key, fingerprint, result, created_at)
	SELECT tenant_id, key, fingerprint, result::json, created_at
	FROM unnest($86::int[], $87::text[], $88::text[], $89::text[], string_to_array($90, chr(31), ''), $91::bigint[])
		AS k (write, tenant_id, key, fingerprint, result, created_at)
	WHERE (k.write IN (SELECT write FROM won)) IS TRUE
)
SELECT write FROM won
