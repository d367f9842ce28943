-- What waits for a signal, in all instances. Plan: one range of waits_by_name.
SELECT instance_id, token_id
FROM waits
WHERE tenant_id = $1 AND kind = 'signal' AND left(name, 200) = left($2, 200) AND name = $2
ORDER BY instance_id, token_id
