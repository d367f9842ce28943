import type { Arm, InstanceState, Token } from '@sendback/engine/state.ts';
import { describe, expect, it } from 'vitest';
import { diffWaits } from '../../src/commands/diff-waits.ts';

const ALARM: Arm = { kind: 'signal', name: 'alarm' };
const waiting = (id: number, arm: Arm = ALARM): Token => ({
	id,
	place: 'wait:hear',
	scope: 1,
	producer: id,
	past: [],
	arm,
});

function stateOf(...tokens: readonly Token[]): InstanceState {
	return {
		status: 'in_process',
		initiator: 'ann',
		nextSeq: 1,
		nextToken: 100,
		nextScope: 2,
		tokens: Object.fromEntries(tokens.map((token) => [token.id, token])),
		tasks: {},
		scopes: {},
	};
}

const difference = (before: readonly Token[], after: readonly Token[]) => {
	const { newWaits, endedWaits, movedWaits } = diffWaits(stateOf(...before), stateOf(...after), 1_000);
	return { arrived: newWaits.map(({ token }) => token), ended: endedWaits, moved: movedWaits };
};

describe('tokens that wait again for the same event', () => {
	it('get a row each, the oldest that of the oldest', () => {
		expect(difference([waiting(1), waiting(2)], [waiting(3), waiting(4)])).toEqual({
			arrived: [],
			ended: [],
			moved: [
				{ token: 1, later: 3 },
				{ token: 2, later: 4 },
			],
		});
	});

	it('leave no row where they are fewer than before', () => {
		expect(difference([waiting(1), waiting(2)], [waiting(3)])).toEqual({
			arrived: [],
			ended: [2],
			moved: [{ token: 1, later: 3 }],
		});
	});

	it('get rows of their own where they are more', () => {
		expect(difference([waiting(1)], [waiting(3), waiting(4)])).toEqual({
			arrived: [4],
			ended: [],
			moved: [{ token: 1, later: 3 }],
		});
	});

	it('are not those that had a row before', () => {
		const other: Arm = { kind: 'signal', name: 'another' };
		expect(difference([waiting(1), waiting(2, other)], [waiting(2)])).toEqual({
			arrived: [2],
			ended: [1],
			moved: [],
		});
	});
});

describe('a timer that has passed', () => {
	const timer = (due: number | null): Arm => ({ kind: 'timer', due, full: null, left: 0 });

	it('has no row, and loses the one that it had', () => {
		expect(difference([], [waiting(1, timer(null))])).toEqual({ arrived: [], ended: [], moved: [] });
		expect(difference([waiting(1, timer(5))], [waiting(1, timer(null))])).toEqual({
			arrived: [],
			ended: [1],
			moved: [],
		});
	});
});
