import { describe, expect, it } from 'vitest';
import type { NodeFired } from '../../src/events.ts';
import { sizeOf, whyBeyondLimits } from '../../src/limits.ts';
import type { InstanceState, Place } from '../../src/state.ts';
import type { Work } from '../../src/work.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel } from '../support/read-model.ts';

function marking(count: number, place: Place = 'task:T', over = 0): InstanceState {
	const tokens = Array.from({ length: count + over }, (_, id) => [id, { id, place: id < count ? place : 'sink:end' }]);
	return { tokens: Object.fromEntries(tokens) } as unknown as InstanceState;
}

function limit(state: InstanceState, before: InstanceState | null = null, written = 0, isOutOfIds = false) {
	return whyBeyondLimits({ state, before, isOutOfIds } as Work, written)?.code ?? null;
}

describe('a command', () => {
	it.each([
		['may leave 10,000 tokens', limit(marking(10_000)), null],
		['may not leave more', limit(marking(10_001)), 'token-limit'],
		['may leave any number of what is over', limit(marking(10_000, 'task:T', 5_000)), null],
		['goes on where there were more before', limit(marking(20_000), marking(20_000)), null],
		['may add a few there', limit(marking(20_100), marking(20_000)), null],
		['may not add many', limit(marking(20_101), marking(20_000)), 'token-limit'],
		['may take the ids that are reserved', limit(marking(1), null, 0, true), 'task-limit'],
		['may write 32,000,000 characters', limit(marking(1), null, 32_000_000), null],
		['may not write more', limit(marking(1), null, 32_000_001), 'write-limit'],
	])('%s', (_, actual, expected) => expect(actual).toBe(expected));

	it('writes what it gives to what it opens, too', () => {
		const text = { value: 'x'.repeat(1_000), seq: 1 };
		const opened = [
			{ variables: { a: text } },
			{ variables: { a: text }, runs: { count: 1, items: ['x'.repeat(1_000)] } },
		];
		expect(sizeOf({ writes: [], opened } as unknown as NodeFired)).toBeGreaterThan(3_000);
		expect(sizeOf({ writes: [] } as unknown as NodeFired)).toBe(0);
	});

	it('asks at once what all parallel runs have to know', async () => {
		const model = await readModel(
			`<startEvent id="start"/><userTask id="M" camunda:candidateGroups="\${group}">
				<multiInstanceLoopCharacteristics camunda:collection="groups" camunda:elementVariable="group"/></userTask>
			<endEvent id="end"/>${arrows('start -> M, M -> end')}`,
		);
		const groups = Array.from({ length: 50 }, (_, index) => `group${index}`);
		const members = Object.fromEntries(groups.map((group, index) => [group, [`user${index}`]]));
		const driver = new Driver(model, members).start({ groups });
		expect(Object.values(driver.live.tasks).map(({ assignments }) => assignments[0]?.user)).toEqual(
			groups.map((_, index) => `user${index}`),
		);
	});
});
