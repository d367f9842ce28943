-- One version of a flow. Plan: primary key of flows.
SELECT version, xml, model, warnings, deployed_at
FROM flows
WHERE tenant_id = $1 AND namespace = $2 AND flow_id = $3 AND version = $4
