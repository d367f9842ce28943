-- Rules that hold for every table, now and later:
-- * The primary key and every index begin with tenant_id: no statement of one tenant can reach another's rows, and the
--   tables can be distributed by tenant. tenants and apps are the exception: they are what leads to a tenant.
-- * No foreign keys. On the hot tables each would cost a locking read of the parent row per inserted row, and all rows
--   of an instance come from one statement that already proves the parent. Directory references are checked on writing.
-- * No triggers, and no volatile functions in updates: all values, time included, come from the command.
-- * Ids are made by the client (see id_blocks), so a batch can be written in one round trip.
-- * Moments are bigint milliseconds since 1970: what the APIs speak, exact on both sides, and free of time zones.
-- * Text that is compared is COLLATE "C": it is never sorted for people, and an upgrade of the operating system's
--   collations cannot damage its indexes.
-- * Documents are json, not jsonb: they are written and read whole, keep the order of their members, and may hold
--   \u0000, which jsonb refuses.

-- Each value is a block of 100,000 ids: block n holds 1,000,000,000,000,000 + n * 100,000 and what follows. Sixteen
-- digits, below 2^53, and one round trip for 100,000 ids.
CREATE SEQUENCE id_blocks MINVALUE 0 START 0;

CREATE TABLE tenants (
	tenant_id text COLLATE "C" NOT NULL PRIMARY KEY,
	created_at bigint NOT NULL
);

-- secret_hash and ticket_hash: SHA-256. Both secrets have 256 random bits, so that a slow hash would add nothing but
-- work for whoever wants to keep the server busy.
CREATE TABLE apps (
	tenant_id text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	name text NOT NULL,
	scopes text[] NOT NULL,
	enabled boolean NOT NULL,
	store boolean NOT NULL,
	secret_hash bytea NOT NULL,
	token_key bytea NOT NULL,
	ticket_hash bytea,
	created_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
-- A request names its app and nothing else: this is how its tenant is found.
CREATE UNIQUE INDEX apps_by_id ON apps (id);

CREATE TABLE users (
	tenant_id text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	name text NOT NULL,
	email text,
	manager_id text COLLATE "C",
	departments text[] NOT NULL,
	out_of_office_until bigint,
	substitute_id text COLLATE "C",
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX users_by_email ON users (tenant_id, lower(email)) WHERE email IS NOT NULL;

CREATE TABLE user_groups (
	tenant_id text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	name text NOT NULL,
	members text[] COLLATE "C" NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

-- A version is never changed, so it can be cached for ever.
CREATE TABLE flows (
	tenant_id text COLLATE "C" NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	flow_id text COLLATE "C" NOT NULL,
	version integer NOT NULL,
	content_hash bytea NOT NULL,
	xml text NOT NULL,
	model json NOT NULL,
	warnings json NOT NULL,
	deployed_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, namespace, flow_id, version)
);

-- The live state: small, and rewritten by every command. `version` counts the commands of the instance; it is the
-- position of the last step, and what an optimistic write compares. Room on the page keeps its updates off the indexes:
-- measured with 64 callers, 95 % of them at fillfactor 50, 68 % at 70.
CREATE TABLE instances (
	tenant_id text COLLATE "C" NOT NULL,
	id bigint NOT NULL,
	version bigint NOT NULL,
	status text COLLATE "C" NOT NULL,
	state json NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	flow_id text COLLATE "C" NOT NULL,
	flow_version integer NOT NULL,
	initiator text COLLATE "C" NOT NULL,
	business_key text COLLATE "C",
	started_at bigint NOT NULL,
	ended_at bigint,
	PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 50, toast_tuple_target = 4080);
CREATE INDEX instances_by_business_key ON instances (tenant_id, business_key) WHERE business_key IS NOT NULL;

-- The log: one row a command, appended and never changed. What a rollback undid is said by the rollback's own row.
CREATE TABLE steps (
	tenant_id text COLLATE "C" NOT NULL,
	instance_id bigint NOT NULL,
	position bigint NOT NULL,
	at bigint NOT NULL,
	actor text COLLATE "C" NOT NULL,
	command text COLLATE "C" NOT NULL,
	-- A rollback only: the first firing that it undid.
	undone_from bigint,
	events json NOT NULL,
	PRIMARY KEY (tenant_id, instance_id, position)
);
CREATE INDEX steps_that_undo ON steps (tenant_id, instance_id, undone_from) WHERE undone_from IS NOT NULL;

-- One row a task, the start included. No index holds a column that changes, so that closing a task touches none where
-- the page has room: measured, 74 % at fillfactor 60, 39 % at 80.
CREATE TABLE tasks (
	tenant_id text COLLATE "C" NOT NULL,
	id bigint NOT NULL,
	instance_id bigint NOT NULL,
	node_id text COLLATE "C" NOT NULL,
	status text COLLATE "C" NOT NULL,
	is_start boolean NOT NULL,
	opened_at bigint NOT NULL,
	closed_at bigint,
	completed_by text COLLATE "C",
	-- Where the log has its completion: the event, and the step that holds it.
	completed_seq bigint,
	completed_position bigint,
	-- The rollback that undid its completion.
	undone_by bigint,
	-- The past of the token that it stood on: where its own rollback points are, and those of whatever follows from it.
	past json NOT NULL,
	assignments json NOT NULL,
	PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 60);
-- Always true; it keeps a planner without statistics from taking this index for looking up a task by its id, and reading
-- all of the tenant's entries for each.
CREATE INDEX tasks_of_instance ON tasks (tenant_id, instance_id) WHERE instance_id IS NOT NULL;

-- The inbox: one row a user and task. What an inbox page filters or sorts by is repeated here, so that a page is one
-- descent of one partial index. The start has a row only when a rollback reopened it.
CREATE TABLE assignments (
	tenant_id text COLLATE "C" NOT NULL,
	task_id bigint NOT NULL,
	user_id text COLLATE "C" NOT NULL,
	instance_id bigint NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	flow_id text COLLATE "C" NOT NULL,
	initiator text COLLATE "C" NOT NULL,
	status text COLLATE "C" NOT NULL,
	opened_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, task_id, user_id)
) WITH (fillfactor = 90);
CREATE INDEX assignments_pending ON assignments (tenant_id, user_id, opened_at, task_id) WHERE status = 'pending';
CREATE INDEX assignments_archived ON assignments (tenant_id, user_id, opened_at, task_id)
	WHERE status IN ('agreed', 'rejected', 'transferred', 'closed');
-- The same for what one has started: here and not on tasks, where they would make every closing touch all indexes.
CREATE INDEX assignments_open_from ON assignments (tenant_id, initiator, opened_at, task_id)
	WHERE status IN ('pending', 'waiting');
CREATE INDEX assignments_archived_from ON assignments (tenant_id, initiator, opened_at, task_id)
	WHERE status IN ('agreed', 'rejected', 'transferred', 'closed');

-- cc: who got a copy of which task. The key is also the order of the page.
CREATE TABLE copies (
	tenant_id text COLLATE "C" NOT NULL,
	user_id text COLLATE "C" NOT NULL,
	opened_at bigint NOT NULL,
	task_id bigint NOT NULL,
	instance_id bigint NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	flow_id text COLLATE "C" NOT NULL,
	copied_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, user_id, opened_at, task_id)
);

CREATE TABLE chat_groups (
	tenant_id text COLLATE "C" NOT NULL,
	task_id bigint NOT NULL,
	chat_id text COLLATE "C" NOT NULL,
	name text NOT NULL,
	members text[] NOT NULL,
	PRIMARY KEY (tenant_id, task_id, chat_id)
);

-- What is to be told to people. The event that caused it is the key, so that nothing is ever noted twice.
CREATE TABLE outbox (
	tenant_id text COLLATE "C" NOT NULL,
	instance_id bigint NOT NULL,
	seq bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	payload json NOT NULL,
	created_at bigint NOT NULL,
	sent_at bigint,
	PRIMARY KEY (tenant_id, instance_id, seq)
);
CREATE INDEX outbox_unsent ON outbox (tenant_id, created_at) WHERE sent_at IS NULL;

-- The key as the caller gave it, with the app in front. Written with the command's own rows, so both are there or none.
CREATE TABLE idempotency (
	tenant_id text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	fingerprint text COLLATE "C" NOT NULL,
	result json NOT NULL,
	created_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, key)
);
