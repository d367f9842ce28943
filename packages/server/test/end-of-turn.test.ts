import { describe, expect, it } from 'vitest';
import { endOfTurn } from '../src/end-of-turn.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the end of a turn', () => {
	it('runs what came in during the turn, in order, and what comes in meanwhile in the next', async () => {
		const ran: string[] = [];
		const together = endOfTurn();
		together(() => {
			ran.push('first');
			together(() => ran.push('third'));
		});
		together(() => ran.push('second'));
		expect(ran).toEqual([]);
		await turn();
		expect(ran).toEqual(['first', 'second']);
		await turn();
		expect(ran).toEqual(['first', 'second', 'third']);
	});
});
