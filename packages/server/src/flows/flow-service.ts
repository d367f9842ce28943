import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type pg from 'pg';
import type { KeptModels } from '../commands/live-instance.ts';
import type { ModelReader } from '../models/model-reader.ts';
import type { Clock, FlowService, ModelProblem } from '../services.ts';
import { Versions } from '../storage/postgres/versions.ts';
import { eventStarts } from './event-starts.ts';

const STATEMENTS = { table: 'flows', deploy: 'deploy-flow', find: 'find-flow', latest: 'latest-flow-versions' };

export interface Flows extends FlowService {
	/** Those of the versions used last, by names of their own. */
	readonly models: KeptModels;
	readonly forgetAll: () => void;
}

/** Deployed flows. */
export function createFlows(pool: pg.Pool, clock: Clock, reader: ModelReader, isSharded: boolean): Flows {
	const versions = new Versions<ProcessModel>(pool, STATEMENTS, isSharded);
	return {
		models: versions,
		forgetAll: () => versions.forgetAll(),
		deploy: async (tenant, namespace, flowId, xml, options) => {
			// Before any transaction: reading a model takes as long as the model is large.
			const read = await reader.readFlow(tenant, xml, flowId);
			if (!read.ok) return read;
			const { model } = read;
			const findings = await reader.verify(tenant, model);
			if (options?.strict === true && findings.some(({ code }) => code !== 'verification-incomplete')) {
				return { ok: false, by: 'verifier', errors: findings };
			}
			const warnings: readonly ModelProblem[] = [...read.warnings, ...findings];
			const deployedAt = clock.now();
			const starts = eventStarts(model, deployedAt);
			const version = await versions.deploy([tenant, namespace, flowId], { xml, model, warnings, deployedAt }, [
				starts.map(({ node }) => node),
				starts.map(({ kind }) => kind),
				starts.map(({ name }) => name),
				starts.map(({ due }) => due),
				starts.map(({ remaining }) => remaining),
			]);
			return { ok: true, version, warnings };
		},
		find: async (tenant, namespace, flowId, version) => {
			const found = await versions.find(tenant, namespace, flowId, version);
			return found === null ? null : { namespace, flowId, ...found };
		},
	};
}
