-- Writes down whom an event reaches, under its idempotency key, unless its recipients or its answer are there already; where
-- $6 they give way, because all who waited have stopped. Answers what holds: by an update that may change nothing, for a
-- look at the table would not see what another process has written meanwhile. Plan: primary key of idempotency.
INSERT INTO idempotency AS i (tenant_id, key, fingerprint, result, created_at)
VALUES ($1, $2, $3, $4::json, $5)
ON CONFLICT (tenant_id, key) DO UPDATE
SET result = CASE
	WHEN
		$6::boolean AND i.fingerprint = excluded.fingerprint
		AND json_array_length(i.result #> '{recipients,waiting}') > 0
	THEN excluded.result
	ELSE i.result
END
RETURNING fingerprint, result
