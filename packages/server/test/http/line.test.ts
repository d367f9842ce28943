import { describe, expect, it } from 'vitest';
import { createLine } from '../../src/http/line.ts';

/** A thread: turns that take as long as what is done in them. */
function createThread() {
	let time = 0;
	let due: (() => void)[] = [];
	const served: string[] = [];
	const line = createLine({ now: () => time, atEndOfTurn: (run) => due.push(run) });
	return {
		served,
		/** @param costs milliseconds that it takes to serve */
		join: (name: string, costs: number) =>
			line.join(() => {
				time += costs;
				served.push(name);
			}),
		/** @returns milliseconds that the line took at its end */
		turn(work: number): number {
			time += work;
			const from = time;
			const runs = due;
			due = [];
			for (const run of runs) run();
			return time - from;
		},
	};
}

describe('the line of those who are turned away', () => {
	it('is served at the end of the turn, the first first', () => {
		const { join, turn, served } = createThread();
		turn(100);
		for (const name of ['a', 'b', 'c']) join(name, 1);
		expect(served).toEqual([]);
		turn(0);
		expect(served).toEqual(['a', 'b', 'c']);
	});

	it('takes a fifth of the time, however many wait', () => {
		const { join, turn, served } = createThread();
		for (let i = 0; i < 10_000; i++) join(String(i), 1);
		let work = 0;
		let line = 0;
		for (let i = 0; i < 100; i++) {
			work += 40;
			line += turn(40);
		}
		expect(line / (line + work)).toBeCloseTo(0.2, 2);
		expect(served).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)));
	});

	it('serves one at least in each turn, so that everybody comes out of it', () => {
		const { join, turn, served } = createThread();
		for (const name of ['a', 'b', 'c']) join(name, 50);
		for (let i = 0; i < 3; i++) turn(1);
		expect(served).toEqual(['a', 'b', 'c']);
	});

	it('begins again with whoever comes after it was empty', () => {
		const { join, turn, served } = createThread();
		turn(100);
		join('a', 1);
		turn(0);
		turn(100);
		join('b', 1);
		turn(0);
		expect(served).toEqual(['a', 'b']);
	});
});
