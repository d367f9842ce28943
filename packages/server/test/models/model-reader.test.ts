import { readFileSync } from 'node:fs';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FINDINGS } from '../../src/models/findings.ts';
import { ModelReader, type ModelReaderOptions } from '../../src/models/model-reader.ts';
import { buildOnce } from '../support/build.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8');

const readers: ModelReader[] = [];
function open(options: ModelReaderOptions = {}): ModelReader {
	const reader = new ModelReader(options);
	readers.push(reader);
	return reader;
}

const reader = open();

beforeAll(buildOnce);
afterAll(() => Promise.all(readers.map((each) => each.close())));

/** `start->a` and the like, with elements as XML. */
function drawing(elements: string, ...flows: readonly string[]): string {
	const drawn = flows.map((flow) => {
		const [source = '', target = ''] = flow.split('->');
		return `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:test">
<process id="p" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>
${elements}
${drawn.join('\n')}</process></definitions>`;
}

async function modelOf(elements: string, ...flows: readonly string[]): Promise<ProcessModel> {
	const read = await reader.readFlow('acme', drawing(elements, ...flows), 'p');
	if (!read.ok) throw new Error(JSON.stringify(read));
	return read.model;
}

/** As many tasks in a row as a model may have elements, nearly. */
function chain(tasks: number): string {
	const ids = Array.from({ length: tasks }, (_, index) => `t${index}`);
	const ends = ['start', ...ids, 'end'];
	const flows = ends.slice(1).map((id, index) => `${ends[index]}->${id}`);
	return drawing(ids.map((id) => `<manualTask id="${id}"/>`).join(''), ...flows);
}

describe('the verifier, in its thread', () => {
	test('finds nothing in a sound model', async () => {
		const model = await modelOf('<userTask id="a"/>', 'start->a', 'a->end');
		expect(await reader.verify('acme', model)).toEqual([]);
	});

	test('finds a deadlock, and tells the node, its line and the way to it', async () => {
		const model = await modelOf(
			'<userTask id="a"/><exclusiveGateway id="x" default="x_j"/>\n<parallelGateway id="j"/><userTask id="b"/>',
			'start->a',
			'a->x',
			'x->j',
			'x->b',
			'b->j',
			'j->end',
		);
		const [finding, ...others] = await reader.verify('acme', model);
		expect(others.map(({ code }) => code)).not.toContain('verification-incomplete');
		expect(finding).toMatchObject({ code: 'possible-deadlock', elementId: 'j', line: 5 });
		expect(finding?.message).toContain(FINDINGS['possible-deadlock']);
		expect(finding?.path).toEqual([
			{ kind: 'complete', node: 'start' },
			{ kind: 'complete', node: 'a' },
			{ kind: 'choose', node: 'x', flows: ['x_b'] },
			{ kind: 'complete', node: 'b' },
		]);
	});

	test('finds two tokens at one place, and says that it did not see the rest', async () => {
		const twice = await modelOf(
			'<parallelGateway id="f"/><manualTask id="l"/><manualTask id="r"/><exclusiveGateway id="m"/><userTask id="a"/>',
			'start->f',
			'f->l',
			'f->r',
			'l->m',
			'r->m',
			'm->a',
			'a->end',
		);
		const codes = (await reader.verify('acme', twice)).map(({ code }) => code);
		expect(codes).toContain('two-tokens');
		expect(codes.at(-1)).toBe('verification-incomplete');
	});

	test('stops at its limits and says so', async () => {
		const model = await modelOf('<userTask id="a"/><userTask id="b"/>', 'start->a', 'a->b', 'b->end');
		const limited = open({ verification: { states: 2, milliseconds: 1000, problems: 20 } });
		expect(await limited.verify('acme', model)).toMatchObject([{ code: 'verification-incomplete', elementId: 'p' }]);
	});

	test('takes several models at once, one after the other', async () => {
		const model = await modelOf('<userTask id="a"/>', 'start->a', 'a->end');
		expect(await Promise.all([1, 2, 3].map(() => reader.verify('acme', model)))).toEqual([[], [], []]);
	});
});

describe('the reader of models', () => {
	test('says what is wrong, as the thread found it', async () => {
		expect(await reader.readFlow('acme', '<x/>', 'p')).toMatchObject({
			ok: false,
			by: 'reader',
			errors: [{ code: 'not-bpmn' }],
		});
		expect(await reader.readDecision('acme', '<x/>', 'd')).toMatchObject({
			ok: false,
			by: 'reader',
			errors: [{ code: 'not-dmn' }],
		});
	});

	test('reads a large model while this thread goes on', async () => {
		let longest = 0;
		let last = performance.now();
		const watch = setInterval(() => {
			const now = performance.now();
			longest = Math.max(longest, now - last);
			last = now;
		}, 5);
		const started = performance.now();
		const read = await reader.readFlow('acme', chain(8_000), 'p');
		const took = performance.now() - started;
		clearInterval(watch);
		expect(read.ok).toBe(true);
		expect(longest).toBeLessThan(took / 2);
	});

	test('refuses what takes too long, and goes on with the next one', async () => {
		const impatient = open({ timeLimitMs: 20 });
		const large = await impatient.readFlow('acme', chain(8_000), 'p');
		expect(large).toMatchObject({ ok: false, by: 'reader', errors: [{ code: 'model-too-large' }] });
		expect(await impatient.readFlow('acme', '<x/>', 'p')).toMatchObject({ ok: false, errors: [{ code: 'not-bpmn' }] });
	});

	test('turns away what is more than may wait', async () => {
		const small = open({ maxWaiting: 2 });
		const answers = await Promise.all([1, 2, 3, 4].map(() => small.readFlow('acme', '<x/>', 'p')));
		expect(answers.map((answer) => (answer.ok ? 'read' : answer.by))).toEqual(['reader', 'reader', 'reader', 'server']);
		expect(answers.at(-1)).toMatchObject({ refusal: { code: 'too-busy', retryAfterSeconds: 1 } });
	});

	test('refuses what it reads, what waits and what comes when it stops', async () => {
		const stopping = open();
		const answers = [1, 2].map(() => stopping.readFlow('acme', chain(2_000), 'p'));
		await stopping.close();
		for (const answer of await Promise.all([...answers, stopping.readFlow('acme', '<x/>', 'p')])) {
			expect(answer).toMatchObject({ ok: false, by: 'server', refusal: { code: 'shutting-down' } });
		}
	});
});

test('docs/models.md lists every finding', () => {
	const [, section = ''] = DOCUMENT.split('\n## Verification\n');
	const [text = ''] = section.split('\n## ');
	const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
	expect(rows).toEqual(Object.entries(FINDINGS));
});
