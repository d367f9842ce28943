import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type pg from 'pg';
import type { ModelReader } from '../models/model-reader.ts';
import type { Clock, DecisionService } from '../services.ts';
import { Versions } from '../storage/postgres/versions.ts';

const STATEMENTS = {
	table: 'decisions',
	deploy: 'deploy-decision',
	find: 'find-decision',
	latest: 'latest-decision-versions',
};

export interface Decisions extends DecisionService {
	readonly forgetAll: () => void;
}

/** Deployed decisions. */
export function createDecisions(pool: pg.Pool, clock: Clock, reader: ModelReader, isSharded: boolean): Decisions {
	const versions = new Versions<DecisionModel>(pool, STATEMENTS, isSharded);
	return {
		forgetAll: () => versions.forgetAll(),
		deploy: async (tenant, namespace, decisionId, xml) => {
			const read = await reader.readDecision(tenant, xml, decisionId);
			if (!read.ok) return read;
			const { model, warnings } = read;
			const deployed = { xml, model, warnings, deployedAt: clock.now() };
			const version = await versions.deploy([tenant, namespace, decisionId], deployed);
			return { ok: true, version, warnings };
		},
		find: async (tenant, namespace, decisionId, version) => {
			const found = await versions.find(tenant, namespace, decisionId, version);
			return found === null ? null : { namespace, decisionId, ...found };
		},
	};
}
