-- Flows that a message or a signal ($2) of this name starts. Plan: one range of start_waits_by_name.
SELECT namespace, flow_id, node_id, version
FROM start_waits
WHERE tenant_id = $1 AND kind = $2 AND left(name, 200) = left($3, 200) AND name = $3
ORDER BY namespace, flow_id, node_id
