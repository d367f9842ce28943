-- Decisions, deployed beside the flows whose business rule tasks take them. A version is never changed.
CREATE TABLE decisions (
	tenant_id text COLLATE "C" NOT NULL,
	namespace text COLLATE "C" NOT NULL,
	decision_id text COLLATE "C" NOT NULL,
	version integer NOT NULL,
	content_hash bytea NOT NULL,
	xml text NOT NULL,
	model json NOT NULL,
	warnings json NOT NULL,
	deployed_at bigint NOT NULL,
	PRIMARY KEY (tenant_id, namespace, decision_id, version)
);
