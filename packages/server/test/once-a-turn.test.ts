import { expect, test } from 'vitest';
import { onceATurn } from '../src/once-a-turn.ts';

test('what many want in one turn is asked for once, and again for who comes later', async () => {
	let asked = 0;
	const ask = onceATurn(async () => ++asked);
	expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
	expect(await ask()).toBe(2);
});

test('all learn why it failed, and the next one asks again', async () => {
	let isDown = true;
	const ask = onceATurn(async () => {
		if (isDown) throw new Error('down');
		return 'up';
	});
	const answers = await Promise.allSettled([ask(), ask()]);
	expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	isDown = false;
	expect(await ask()).toBe('up');
});
