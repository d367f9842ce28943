import { expect, it } from 'vitest';
import { modelProblem } from '../src/bpmn/model-problems.ts';
import { cutText } from '../src/cut-text.ts';
import { whyNotVariables } from '../src/tasks/variables.ts';

it.each([
	['a😀b', 1, 'a'],
	['a😀b', 2, 'a'],
	['a😀b', 3, 'a😀'],
	['a😀b', 9, 'a😀b'],
	['', 3, ''],
])('%s cut to %i is %s', (text, length, cut) => {
	expect(cutText(text, length)).toBe(cut);
});

it('a name that is too long for a variable is said without half a character', () => {
	expect(whyNotVariables({ [`${'a'.repeat(254)}😀`]: 1 })).toMatchObject({
		rejection: { details: { name: 'a'.repeat(254) } },
	});
});

it('a problem of a model quotes no half a character', () => {
	const quoted = `${'a'.repeat(59)}😀`.slice(0, 60);
	expect(modelProblem('attribute-invalid', null, 1, `\`${quoted}\` 😀`).message).toBe(`\`${'a'.repeat(59)}\` 😀`);
});
