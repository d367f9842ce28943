-- When something of each kind is due next, in any tenant; null: nothing is. Plan: the first entry of three indexes.
SELECT
	(SELECT try_at FROM waits WHERE kind = 'timer' ORDER BY try_at LIMIT 1) AS timers,
	(SELECT try_at FROM start_waits WHERE kind = 'timer' ORDER BY try_at LIMIT 1) AS starts,
	(SELECT try_at FROM outbox WHERE sent_at IS NULL AND try_at IS NOT NULL ORDER BY try_at LIMIT 1) AS thrown
