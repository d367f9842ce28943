-- What was thrown, and what waits, in one order: a signal reaches what had begun to wait when it was thrown. Both numbers are
-- taken within the transaction that writes the row, so whoever was answered first has the smaller one. A number of our
-- own and not that of the transaction, which another cluster would count anew.
CREATE SEQUENCE event_order;
ALTER TABLE waits ADD COLUMN since bigint NOT NULL DEFAULT nextval('event_order');
ALTER TABLE outbox ADD COLUMN thrown bigint NOT NULL DEFAULT nextval('event_order');
-- No statement uses it: what is to be sent is found by outbox_by_time.
DROP INDEX outbox_unsent;
