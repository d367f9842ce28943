import type { PastTask, Token } from '@sendback/engine/state.ts';
import { describe, expect, it } from 'vitest';
import { readEvents, readPast, readState, writeEvents, writePast, writeState } from '../../src/storage/documents.ts';

const entry = (task: string, nearest: boolean, seq = 4): PastTask => ({
	task,
	node: 'a b',
	seq,
	outcome: 'agreed',
	nearest,
});
const token = (id: number, past: readonly PastTask[]): Token => ({ id, place: 'flow:f', scope: 0, producer: 3, past });

describe('stored documents', () => {
	it('give back the pasts of tokens, shared, alike, nearly alike or empty', () => {
		const shared = [entry('1', true), entry('2', false)];
		const tokens = [
			token(1, shared),
			token(2, shared),
			token(3, [entry('1', true), entry('2', false)]),
			token(4, [entry('1', false), entry('2', false)]),
			token(5, [entry('2', false), entry('1', true)]),
			token(6, [entry('1', true, 5)]),
			token(7, [{ ...entry('1', true), calls: 'call flow' }, entry('1', true)]),
			{ ...token(8, []), heldBy: '1' },
			{ ...token(9, shared), host: 8, arm: { kind: 'timer', due: 5, full: null, left: 0 } as const },
		];
		const state = {
			status: 'in_process',
			initiator: 'ann',
			nextSeq: 9,
			nextToken: 10,
			nextScope: 1,
			tokens: Object.fromEntries(tokens.map((each) => [each.id, each])),
			tasks: {},
			scopes: {
				0: {
					id: 0,
					parent: null,
					element: 'p',
					kind: 'process',
					host: null,
					variables: { x: { value: 'a\u001fb\u0000', seq: 1 } },
				},
			},
		} as const;
		expect(readState(writeState(state))).toEqual(state);
		expect(writeState(state)).not.toContain('\u001f');
		expect(readPast(writePast(shared))).toEqual(shared);
		expect(readPast(writePast([]))).toEqual([]);
		const called = [{ ...entry('1', true), calls: 'call flow' }];
		expect(readPast(writePast(called))).toEqual(called);
	});

	it('of earlier versions, which know nothing of calls, are of the flow itself', () => {
		expect(readPast('[["1","a b",4,"agreed",true]]')).toEqual([entry('1', true)]);
		const past = '{"tasks":[["1","a b",4,"agreed"]],"lists":[[1]]}';
		const state = readState(`{"past":${past},"tokens":[[1,"flow:f",0,3,0]],"tasks":{}}`);
		expect(state.tokens).toEqual({ 1: token(1, [entry('1', true)]) });
	});

	it('of earlier versions name the open tasks by their ids', () => {
		const open = (id: string, on: number) => ({ id, node: 'T', scope: 0, token: on, assignments: [] });
		const tasks = JSON.stringify({ 1000000000000007: open('1000000000000007', 5), 8: open('8', 4) });
		const state = readState(`{"past":{"tasks":[],"lists":[]},"tokens":[],"tasks":${tasks}}`);
		expect(state.tasks).toEqual({ 4: open('8', 4), 5: open('1000000000000007', 5) });
	});

	it('name a past once, however many tokens have it', () => {
		const past = Array.from({ length: 64 }, (_, number) => entry(`${number}`, false, number));
		const fired = {
			type: 'NodeFired',
			kind: 'fork',
			node: 'n',
			scope: 0,
			consumed: [token(1, past)],
			produced: Array.from({ length: 20 }, (_, number) => token(number, [...past])),
			reads: [],
			writes: [],
			seq: 1,
		} as const;
		const text = writeEvents([fired]);
		expect(readEvents(text)).toEqual([fired]);
		expect(text.length).toBeLessThan(writeEvents([{ ...fired, produced: [] }]).length + 20 * 40);
	});
});
