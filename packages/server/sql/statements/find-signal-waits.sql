-- What waits for a signal, in all instances; of one that was thrown ($3) what had begun to wait before. Plan: one range of waits_by_name.
SELECT instance_id, token_id, since
FROM waits
WHERE tenant_id = $1 AND kind = 'signal' AND left(name, 200) = left($2, 200) AND name = $2
	AND since < coalesce($3, 9223372036854775807)
ORDER BY instance_id, token_id
