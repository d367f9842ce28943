-- What instances wait for from outside, the work of service tasks, flows that events start, and rollbacks by their id.
-- The rules of 0001 hold. Two indexes begin with a moment instead of a tenant: one poller looks for what is due in all
-- of them, and hands each find to its tenant.

-- loop_id: the repeated task that it is one run of, which can be returned to as a whole. called_flow: the flow whose
-- node it is, where that is not the instance's own. Neither ever changes.
ALTER TABLE tasks
	ADD COLUMN loop_id bigint,
	ADD COLUMN called_flow text COLLATE "C",
	ADD COLUMN called_version integer;
CREATE INDEX tasks_of_loop ON tasks (tenant_id, loop_id) WHERE loop_id IS NOT NULL;

CREATE TABLE rollbacks (
	tenant_id text COLLATE "C" NOT NULL,
	id bigint NOT NULL,
	instance_id bigint NOT NULL,
	position bigint NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

-- One row an armed token: what the live state waits for, written together with it. A timer has `due`, and `try_at`, which
-- is later than that once it was tried; a message or a signal has a name, a message perhaps a key.
CREATE TABLE waits (
	tenant_id text COLLATE "C" NOT NULL,
	instance_id bigint NOT NULL,
	token_id bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	name text COLLATE "C",
	key text COLLATE "C",
	due bigint,
	try_at bigint,
	tries integer NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant_id, instance_id, token_id)
);
CREATE INDEX waits_by_time ON waits (try_at, tenant_id) WHERE kind = 'timer';
-- By how they begin: names and keys come from expressions and may be longer than an index takes.
CREATE INDEX waits_by_name ON waits (tenant_id, kind, left(name, 200), left(key, 200), instance_id, token_id)
	WHERE name IS NOT NULL;

-- Work for external workers: of a service task (token_id), or the compensation of an effect that a rollback undid
-- (rollback_id, compensates). A lock is a moment, so it ends by itself; `blocked_by` is the compensation that goes first.
CREATE TABLE jobs (
	tenant_id text COLLATE "C" NOT NULL,
	id bigint NOT NULL,
	instance_id bigint NOT NULL,
	node_id text COLLATE "C" NOT NULL,
	topic text COLLATE "C" NOT NULL,
	token_id bigint,
	rollback_id bigint,
	compensates bigint,
	blocked_by bigint,
	retries integer NOT NULL,
	locked_by text COLLATE "C",
	locked_until bigint NOT NULL DEFAULT 0,
	-- Whether a worker ever had it: then its effect can have begun.
	fetched boolean NOT NULL DEFAULT false,
	failure text,
	created_at bigint NOT NULL,
	done_at bigint,
	PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX jobs_of_token ON jobs (tenant_id, instance_id, token_id) WHERE token_id IS NOT NULL;
-- Nothing is ever compensated twice.
CREATE UNIQUE INDEX jobs_of_rollback ON jobs (tenant_id, rollback_id, compensates) WHERE rollback_id IS NOT NULL;
CREATE INDEX jobs_ready ON jobs (tenant_id, left(topic, 200), locked_until, id)
	WHERE retries > 0 AND blocked_by IS NULL AND done_at IS NULL;

-- How the latest version of each flow is started by events. `remaining`: how often a timer fires after this time; null is
-- without end. `every`: milliseconds between; null is once.
CREATE TABLE start_waits (
	tenant_id text COLLATE "C" NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	flow_id text COLLATE "C" NOT NULL,
	node_id text COLLATE "C" NOT NULL,
	version integer NOT NULL,
	kind text COLLATE "C" NOT NULL,
	name text COLLATE "C",
	due bigint,
	every bigint,
	remaining bigint,
	try_at bigint,
	tries integer NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant_id, namespace, flow_id, node_id)
);
CREATE INDEX start_waits_by_time ON start_waits (try_at, tenant_id) WHERE kind = 'timer';
CREATE INDEX start_waits_by_name ON start_waits (tenant_id, kind, left(name, 200)) WHERE name IS NOT NULL;

-- Messages and signals that instances throw are delivered from the outbox: whom they reach is written down before the
-- first is reached, so that a process which dies in between leaves nobody out and reaches nobody twice.
ALTER TABLE outbox
	ADD COLUMN recipients json,
	ADD COLUMN try_at bigint,
	ADD COLUMN tries integer NOT NULL DEFAULT 0;
CREATE INDEX outbox_by_time ON outbox (try_at, tenant_id) WHERE sent_at IS NULL AND try_at IS NOT NULL;
