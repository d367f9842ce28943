import { describe, expect, it } from 'vitest';
import { atEndOfTurn } from '../src/end-of-turn.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the end of a turn', () => {
	it('runs what came to a stage during the turn, in order, and what comes there meanwhile in the next', async () => {
		const ran: string[] = [];
		atEndOfTurn('accept', () => {
			ran.push('first');
			atEndOfTurn('accept', () => ran.push('third'));
		});
		atEndOfTurn('accept', () => ran.push('second'));
		expect(ran).toEqual([]);
		await turn();
		expect(ran).toEqual(['first', 'second']);
		await turn();
		expect(ran).toEqual(['first', 'second', 'third']);
	});

	it('goes on to the next stage in the same turn, with all that the stage before has left to be done at once', async () => {
		const ran: string[] = [];
		for (const name of ['a', 'b']) {
			atEndOfTurn('accept', async () => {
				ran.push(`accept ${name}`);
				await null;
				process.nextTick(() => {
					ran.push(`between ${name}`);
					atEndOfTurn('decide', () => {
						ran.push(`decide ${name}`);
						atEndOfTurn('read', () => {
							ran.push(`read ${name}`);
							atEndOfTurn('write', () => ran.push(`write ${name}`));
						});
					});
				});
			});
		}
		await turn();
		expect(ran).toEqual(
			['accept', 'between', 'decide', 'read', 'write'].flatMap((stage) => [`${stage} a`, `${stage} b`]),
		);
	});

	it('keeps to the order of the stages, whichever came first', async () => {
		const ran: string[] = [];
		// A batch came back, and its place is free; what is decided in the same turn can still go into it.
		atEndOfTurn('write', () => ran.push('write'));
		atEndOfTurn('decide', () => {
			ran.push('decide');
			atEndOfTurn('accept', () => ran.push('accept'));
		});
		await turn();
		expect(ran).toEqual(['decide', 'write']);
		await turn();
		expect(ran).toEqual(['decide', 'write', 'accept']);
	});
});
