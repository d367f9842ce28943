-- Removes instances that ended before $3 with everything that they left behind; of the log where $4: a month of which
-- nothing is kept is dropped instead. An idempotency key is of no instance, and expires by itself.
-- Plan: one lookup in the primary key of instances for each; for each that is gone one range of the primary key of steps,
-- outbox and waits, of tasks_of_instance, copies_of_instance, rollbacks_of_instance and jobs_of_token; for each of its tasks
-- one range of the primary keys of assignments and chat_groups, for each of its rollbacks one of jobs_of_rollback. Arrays
-- keep it so: of a join, a planner without statistics makes a scan of all that the tenant has.
WITH gone AS (
	DELETE FROM instances
	WHERE tenant_id = $1 AND id = ANY($2::bigint[]) AND status <> 'in_process' AND ended_at < $3
	RETURNING id
),
gone_steps AS (
	DELETE FROM steps
	WHERE $4::boolean AND tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
),
gone_tasks AS (
	DELETE FROM tasks
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
	RETURNING id
),
gone_assignments AS (
	DELETE FROM assignments
	WHERE tenant_id = $1 AND task_id = ANY(ARRAY(SELECT id FROM gone_tasks))
),
gone_chats AS (
	DELETE FROM chat_groups
	WHERE tenant_id = $1 AND task_id = ANY(ARRAY(SELECT id FROM gone_tasks))
),
gone_copies AS (
	DELETE FROM copies
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
),
gone_notices AS (
	DELETE FROM outbox
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
),
gone_waits AS (
	DELETE FROM waits
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
),
gone_work AS (
	DELETE FROM jobs
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone)) AND token_id IS NOT NULL
),
gone_rollbacks AS (
	DELETE FROM rollbacks
	WHERE tenant_id = $1 AND instance_id = ANY(ARRAY(SELECT id FROM gone))
	RETURNING id
),
gone_compensations AS (
	DELETE FROM jobs
	WHERE tenant_id = $1 AND rollback_id = ANY(ARRAY(SELECT id FROM gone_rollbacks))
)
SELECT count(*) AS removed FROM gone
