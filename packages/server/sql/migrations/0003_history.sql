-- History may grow for ever: the log is cut by time, and what a tenant no longer keeps can be removed. See
-- docs/adr/0006-history.md. The rules of 0001 hold; upkeep is the third table, after tenants and apps, of no tenant.

-- The log becomes partitioned by the instance's id, and ids carry the day (storage/dated-ids.ts): so a partition is a
-- month, every key and statement stays as it was, and a lookup reaches one partition. What there is becomes the first of
-- them as it stands; it takes every id without a day. The months are made by the server, ahead of their time. What has
-- no month is taken by steps_rest: nothing is ever refused.
ALTER TABLE steps RENAME TO steps_undated;
ALTER TABLE steps_undated RENAME CONSTRAINT steps_pkey TO steps_undated_pkey;
ALTER INDEX steps_that_undo RENAME TO steps_undated_that_undo;

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
) PARTITION BY RANGE (instance_id);
CREATE INDEX steps_that_undo ON steps (tenant_id, instance_id, undone_from) WHERE undone_from IS NOT NULL;
ALTER TABLE steps ATTACH PARTITION steps_undated FOR VALUES FROM (MINVALUE) TO (1000100000000000);
CREATE TABLE steps_rest PARTITION OF steps DEFAULT;

-- How many days after its end an instance is kept at least; null: for ever.
ALTER TABLE tenants ADD COLUMN keep_days integer CHECK (keep_days > 0);

-- Work that one process of all does now and then. Whoever claims it moves `due` on, as timers are claimed.
CREATE TABLE upkeep (
	work text COLLATE "C" NOT NULL PRIMARY KEY,
	due bigint NOT NULL
);

-- What an instance leaves behind is found by the instance. The conditions are always true, as that of tasks_of_instance.
CREATE INDEX copies_of_instance ON copies (tenant_id, instance_id) WHERE instance_id IS NOT NULL;
CREATE INDEX rollbacks_of_instance ON rollbacks (tenant_id, instance_id) WHERE instance_id IS NOT NULL;

-- Rows that are rewritten or moved between partial indexes leave dead entries behind, and readers step over them until
-- they are cleaned up. The default waits for a fifth of a table: of ten million assignments that would be two million
-- dead entries in front of somebody's inbox.
-- A tenth of that for tables that grow with history, where each cleaning reads the indexes whole.
ALTER TABLE instances SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE tasks SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE assignments SET (autovacuum_vacuum_scale_factor = 0.02);
-- Queues hold little and turn over all the time: a number of rows, whatever their size is at the moment.
ALTER TABLE waits SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE start_waits SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02);
-- Appended and never changed: what is visited once can be frozen at once, and is never visited again.
ALTER TABLE steps_undated SET (autovacuum_freeze_min_age = 0);
ALTER TABLE steps_rest SET (autovacuum_freeze_min_age = 0);
