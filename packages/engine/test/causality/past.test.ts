import { describe, expect, it } from 'vitest';
import { extendPast, isRejected, mergePasts } from '../../src/causality/past.ts';
import type { PastTask, Token } from '../../src/state.ts';

/** A vote in the runs of these scopes, outermost first: all runs, the run, all runs within it, the run. */
function vote(seq: number, outcome: 'agreed' | 'rejected', ...within: number[]): PastTask {
	return { task: `${seq}`, node: 'vote', seq, outcome, nearest: true, repeated: { within } };
}

function after(...votes: readonly PastTask[]) {
	return votes.reduce<readonly PastTask[]>(extendPast, []);
}

function token(past: readonly PastTask[], id: number): Token {
	return { id, place: 'sink:m', scope: 1, producer: 1, past };
}

describe('what a past says of runs within runs', () => {
	const no = vote(1, 'rejected', 1, 2, 3, 4);
	const beside = vote(2, 'agreed', 1, 2, 3, 5);
	const anew = vote(3, 'agreed', 1, 2, 6, 7);
	const next = vote(4, 'agreed', 1, 8, 9, 10);

	it.each([
		['another inner run takes nothing back', [no, beside], 3],
		['the inner runs begun anew do', [no, beside, anew], undefined],
		['what was taken back stays so in the next outer run', [no, beside, anew, next], undefined],
		['the next outer run takes nothing back', [no, beside, next], 1],
		['nor does what is begun anew in it', [no, next, vote(5, 'agreed', 1, 8, 11, 12)], 1],
		[
			'also where a no in it is taken back',
			[no, next, vote(5, 'rejected', 1, 8, 9, 13), vote(6, 'agreed', 1, 8, 14, 15)],
			1,
		],
		['the outer runs begun anew do', [no, next, vote(5, 'agreed', 16, 17, 18, 19)], undefined],
	])('%s', (_, votes, rejected) => {
		expect(after(...votes).map(({ repeated }) => repeated?.rejected)).toEqual([rejected]);
	});

	const yes = vote(2, 'agreed', 1, 8, 9, 10);
	const last = vote(4, 'agreed', 1, 8, 11, 12);

	it.each([
		['of runs', [[no], [yes], after(vote(3, 'rejected', 1, 8, 9, 11), vote(4, 'agreed', 1, 8, 9, 10))]],
		['of a run, one of which has gone on', [[no], [yes], [last]]],
		['that know the same word', [[last], after(no, last), [last]]],
	])('is the same in whatever order branches %s come together', (_, branches) => {
		for (const order of [
			[0, 1, 2],
			[0, 2, 1],
			[1, 0, 2],
			[1, 2, 0],
			[2, 0, 1],
			[2, 1, 0],
		]) {
			const merged = mergePasts(order.map((index) => token(branches[index] ?? [], index)));
			expect(merged.map((entry) => [entry.seq, entry.repeated?.rejected, isRejected(entry)])).toEqual([[4, 1, true]]);
		}
	});

	it('is nothing of the runs where the word before has none, as in documents of earlier versions', () => {
		const { repeated: _, ...before } = no;
		expect(after(before, beside)).toEqual([beside]);
	});
});
