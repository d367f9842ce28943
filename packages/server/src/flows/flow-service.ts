import { createHash } from 'node:crypto';
import { parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type pg from 'pg';
import type { Clock, FlowService, FlowVersion, ModelProblem, TenantId } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';
import { LruCache } from '../storage/lru-cache.ts';
import { run } from '../storage/postgres/connect.ts';
import { isUniqueViolation } from '../storage/postgres/server-errors.ts';
import { createModelVerifier, type VerifyModel } from '../verification/model-verifier.ts';
import { eventStarts } from './event-starts.ts';

/** Characters of XML whose versions are kept in memory. */
const CACHE_LIMIT = 16_000_000;
/** Deployments of one flow at the same moment that this one may lose against. */
const ATTEMPTS = 10;

interface FlowRow {
	readonly version: number;
	readonly xml: string;
	readonly model: string;
	readonly warnings: string;
	readonly deployed_at: number;
}

/** Deployed flows. A version is never changed, so it is cached for ever; which one is the latest is asked each time. */
export function createFlows(pool: pg.Pool, clock: Clock, verify: VerifyModel = createModelVerifier()): FlowService {
	const versions = new LruCache<FlowVersion>(CACHE_LIMIT);

	async function findVersion(
		tenant: TenantId,
		namespace: string,
		flowId: string,
		version: number,
	): Promise<FlowVersion | null> {
		const key = JSON.stringify([tenant, namespace, flowId, version]);
		const cached = versions.get(key);
		if (cached !== undefined) return cached;
		const [row] = await run<FlowRow>(pool, 'find-flow', [tenant, namespace, flowId, version]);
		if (row === undefined) return null;
		const found = flowVersion(namespace, flowId, row);
		versions.set(key, found, row.xml.length);
		return found;
	}

	return {
		deploy: async (tenant, namespace, flowId, xml, options) => {
			// Before any transaction: reading a model takes as long as the model is large.
			const parsed = await parseModel(xml);
			if (!parsed.ok) return { ok: false, by: 'reader', errors: parsed.errors };
			const { model } = parsed;
			const findings = await verify(model);
			if (options?.strict === true && findings.some(({ code }) => code !== 'verification-incomplete')) {
				return { ok: false, by: 'verifier', errors: findings };
			}
			const warnings: readonly ModelProblem[] = [...parsed.warnings, ...findings];
			const content = createHash('sha256').update(xml).digest();
			const now = clock.now();
			const starts = eventStarts(model, now);
			const values = [
				tenant,
				namespace,
				flowId,
				content,
				xml,
				JSON.stringify(model),
				JSON.stringify(warnings),
				now,
				starts.map(({ node }) => node),
				starts.map(({ kind }) => kind),
				starts.map(({ name }) => name),
				starts.map(({ due }) => due),
				starts.map(({ every }) => every),
				starts.map(({ remaining }) => remaining),
			];
			const version = await deployVersion(pool, values);
			return { ok: true, version, warnings };
		},
		find: async (tenant, namespace, flowId, version) => {
			if (!isStorable(namespace) || !isStorable(flowId)) return null;
			if (version !== null) return findVersion(tenant, namespace, flowId, version);
			const [latest] = await run<{ version: number }>(pool, 'latest-flow-version', [tenant, namespace, flowId]);
			return latest === undefined ? null : findVersion(tenant, namespace, flowId, latest.version);
		},
	};
}

async function deployVersion(pool: pg.Pool, values: readonly unknown[]): Promise<number> {
	for (let attempt = 1; ; attempt++) {
		try {
			const [deployed] = await run<{ version: number }>(pool, 'deploy-flow', values);
			if (deployed === undefined) throw new Error('bug: a deployment gave no version');
			return deployed.version;
		} catch (error) {
			if (!isUniqueViolation(error, 'flows') || attempt >= ATTEMPTS) throw error;
		}
	}
}

function flowVersion(namespace: string, flowId: string, row: FlowRow): FlowVersion {
	return {
		namespace,
		flowId,
		version: row.version,
		model: JSON.parse(row.model) as ProcessModel,
		xml: row.xml,
		warnings: JSON.parse(row.warnings) as readonly ModelProblem[],
		deployedAt: row.deployed_at,
	};
}
