-- One version of a decision. Plan: primary key of decisions.
SELECT version, xml, model, warnings, deployed_at
FROM decisions
WHERE tenant_id = $1 AND namespace = $2 AND decision_id = $3 AND version = $4
