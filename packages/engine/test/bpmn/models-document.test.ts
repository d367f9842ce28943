import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EVENT_DEFINITIONS } from '../../src/bpmn/elements/event-definitions.ts';
import { NODE_READERS } from '../../src/bpmn/elements/node-readers.ts';
import { EXTENSION_POLICIES } from '../../src/bpmn/extension-policy.ts';
import { MODEL_PROBLEMS } from '../../src/bpmn/model-problems.ts';

const document = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8');

describe('docs/models.md', () => {
	test.each([
		['error', '### Errors', '### Warnings'],
		['warning', '### Warnings', null],
	])('lists every %s of the registry, and no other', (severity, from, to) => {
		const start = document.indexOf(from);
		const section = document.slice(start, to === null ? document.length : document.indexOf(to));
		const listed = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
		const registered = Object.entries(MODEL_PROBLEMS).filter(([, problem]) => problem.severity === severity);
		expect(listed.sort()).toEqual(registered.map(([code]) => code).sort());
	});

	test('names every element that is read', () => {
		for (const name of [...NODE_READERS.keys(), ...EVENT_DEFINITIONS]) expect(document).toContain(`\`${name}\``);
	});

	test.each([...EXTENSION_POLICIES])('names every extension of %s that is read or refused', (namespace, policy) => {
		expect(document).toContain(`\`${namespace}\``);
		const named = new Set([...document.matchAll(/`([\w:]+)`/g)].map((match) => match[1]));
		const names = [...Object.keys(policy.readAttributes), ...Object.keys(policy.readElements)];
		for (const name of [...names, ...policy.refusedAttributes, ...policy.refusedElements])
			expect(named).toContain(name);
	});
});
