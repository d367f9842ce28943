import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { LiveInstances } from '../../src/commands/live-instance.ts';
import { writeState } from '../../src/storage/documents/documents.ts';
import { Versions } from '../../src/storage/postgres/versions.ts';
import { factsOf } from '../support/writes.ts';

const STATEMENTS = { table: 'flows', deploy: 'deploy-flow', find: 'find-flow', latest: 'latest-flow-versions' };
const XML_CHARACTERS = 1_000_000;

/** A database that has every version of everything, and counts how often it is asked. */
function everyVersion() {
	let asked = 0;
	const query = async () => {
		asked++;
		const row = { version: 1, xml: ' '.repeat(XML_CHARACTERS), model: '{"nodes":{}}', warnings: '[]', deployed_at: 1 };
		return { rows: [row] };
	};
	const pool = { connect: async () => ({ query, release: () => undefined }) } as unknown as pg.Pool;
	const versions = new Versions<ProcessModel>(pool, STATEMENTS, false);
	const find = async (version: number) => (await versions.find('acme', 'demo__c', 'expense', version))?.model;
	return { versions, find, asked: () => asked };
}

describe('a version of a flow', () => {
	it('is read once for all who ask for it together, and they share one model', async () => {
		const { find, asked } = everyVersion();
		const found = await Promise.all(Array.from({ length: 50 }, () => find(1)));
		expect(asked()).toBe(1);
		expect(new Set(found).size).toBe(1);
	});

	it('has a model that is known by its name as long as it is in memory', async () => {
		const { versions, find, asked } = everyVersion();
		const model = (await find(1)) as ProcessModel;
		const name = versions.nameOf(model) as string;
		expect(versions.named(name)).toBe(model);
		for (let version = 2; version <= 100; version++) await find(version);
		expect(versions.named(name)).toBeNull();
		expect(asked()).toBe(100);
		expect(await find(1)).not.toBe(model);
		expect(versions.named(name)).toBe(await find(1));
	});
});

describe('the live instances', () => {
	const STATE = {
		status: 'in_process',
		nextSeq: 1,
		tokens: {},
		tasks: {},
		scopes: {},
	} as unknown as Parameters<typeof writeState>[0];

	it('of one version have its one model, and keep none that is no longer used', async () => {
		const { versions, find } = everyVersion();
		const model = (await find(1)) as ProcessModel;
		const live = new LiveInstances(async () => null, versions);
		for (const id of [1, 2]) {
			const instance = { facts: factsOf(id), model, version: 1, state: STATE, endedAt: null };
			live.remember({ instance, text: writeState(STATE) });
		}
		const cached = (id: number) => live.cached('acme', factsOf(id).id)?.model;
		for (let version = 2; version <= 100; version++) await find(version);
		expect(cached(1)).toBeUndefined();
		const again = await find(1);
		expect([cached(1), cached(2)]).toEqual([again, again]);
		expect(cached(1)).toBe(cached(2));
	});
});
