import { readFileSync } from 'node:fs';
import { parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { FINDINGS } from '../../src/verification/findings.ts';
import { createModelVerifier } from '../../src/verification/model-verifier.ts';
import { buildOnce } from '../support/build.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8');

/** `start->a` and the like, with elements as XML. */
async function modelOf(elements: string, ...flows: readonly string[]) {
	const drawn = flows.map((flow) => {
		const [source = '', target = ''] = flow.split('->');
		return `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`;
	});
	const parsed = await parseModel(`<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:test">
<process id="p" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>
${elements}
${drawn.join('\n')}</process></definitions>`);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	return parsed.model;
}

const verify = createModelVerifier();

beforeAll(buildOnce);

describe('the verifier, in its thread', () => {
	test('finds nothing in a sound model', async () => {
		const model = await modelOf('<userTask id="a"/>', 'start->a', 'a->end');
		expect(await verify(model)).toEqual([]);
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
		const [finding, ...others] = await verify(model);
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
		const codes = (await verify(twice)).map(({ code }) => code);
		expect(codes).toContain('two-tokens');
		expect(codes.at(-1)).toBe('verification-incomplete');
	});

	test('stops at its limits and says so', async () => {
		const model = await modelOf('<userTask id="a"/><userTask id="b"/>', 'start->a', 'a->b', 'b->end');
		const limited = createModelVerifier({ states: 2, milliseconds: 1000, problems: 20 });
		expect(await limited(model)).toMatchObject([{ code: 'verification-incomplete', elementId: 'p' }]);
	});

	test('takes several models at once, one after the other', async () => {
		const model = await modelOf('<userTask id="a"/>', 'start->a', 'a->end');
		expect(await Promise.all([verify(model), verify(model), verify(model)])).toEqual([[], [], []]);
	});
});

test('docs/models.md lists every finding', () => {
	const [, section = ''] = DOCUMENT.split('\n## Verification\n');
	const [text = ''] = section.split('\n## ');
	const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
	expect(rows).toEqual(Object.entries(FINDINGS));
});
