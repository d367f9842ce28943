-- What waits for a message of the name $2. Sent to an instance ($3): there, where the key is no other. Otherwise what has
-- one of its keys ($4 is its business key, $5 its correlation key), and what has no key at all: in the instances of the
-- business key, or, where it has none, in all.
-- Plan: a range of the primary key of waits; three ranges of waits_by_name; instances_by_business_key, and then a range
-- of the primary key of waits for each.
SELECT instance_id, token_id, since
FROM waits
WHERE
	tenant_id = $1 AND instance_id = $3::bigint AND kind = 'message' AND name = $2
	AND (key IS NULL OR key = $4 OR key = $5 OR ($4::text IS NULL AND $5::text IS NULL))
UNION
SELECT instance_id, token_id, since
FROM waits
WHERE
	$3::bigint IS NULL AND tenant_id = $1 AND kind = 'message' AND left(name, 200) = left($2, 200) AND name = $2
	AND left(key, 200) = left($4, 200) AND key = $4
UNION
SELECT instance_id, token_id, since
FROM waits
WHERE
	$3::bigint IS NULL AND tenant_id = $1 AND kind = 'message' AND left(name, 200) = left($2, 200) AND name = $2
	AND left(key, 200) = left($5, 200) AND key = $5
UNION
SELECT instance_id, token_id, since
FROM waits
WHERE
	$3::bigint IS NULL AND $4::text IS NULL AND tenant_id = $1 AND kind = 'message'
	AND left(name, 200) = left($2, 200) AND name = $2 AND left(key, 200) IS NULL
UNION
SELECT w.instance_id, w.token_id, w.since
FROM (SELECT id FROM instances WHERE $3::bigint IS NULL AND tenant_id = $1 AND business_key = $4 OFFSET 0) AS i
CROSS JOIN LATERAL (
	SELECT instance_id, token_id, since
	FROM waits
	WHERE tenant_id = $1 AND instance_id = i.id AND kind = 'message' AND name = $2 AND key IS NULL
	OFFSET 0
) AS w
ORDER BY 1, 2
