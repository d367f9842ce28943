import type { EngineEvent } from '@sendback/engine/events.ts';
import type { PastTask, Token } from '@sendback/engine/state.ts';
import { describe, expect, it } from 'vitest';
import {
	readEvents,
	readPast,
	readState,
	writeEvents,
	writePast,
	writeState,
} from '../../src/storage/documents/documents.ts';

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
			token(10, [{ ...entry('1', true), repeated: { within: [3, 4] } }, entry('1', true)]),
			token(11, [{ ...entry('1', true), calls: 'call flow', repeated: { within: [3, 4], rejected: 1 } }]),
			token(12, [{ ...entry('1', true), repeated: { within: [3, 4, 5, 6], rejected: 1 } }]),
			token(13, [{ ...entry('1', true), repeated: { within: [3, 4, 5, 6], rejected: 3 } }]),
			token(14, [{ ...entry('1', true), repeated: { within: [3, 4, 5, 7], rejected: 3 } }]),
			token(15, [{ ...entry('1', true), repeated: { within: [3, 4] } }]),
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

	it('give back tasks, scopes and firings, whatever of the rare they have', () => {
		const waiting = { user: 'bob', status: 'waiting', waitsFor: ['ann'] } as const;
		const agreed = { user: 'ann', status: 'agreed', waitsFor: [], opinion: '', decidedAt: 7 } as const;
		const canceled = { user: 'eve', status: 'closed', waitsFor: [], decidedAt: 7 } as const;
		const plain = {
			id: '7',
			node: 'T',
			scope: 0,
			token: 4,
			mode: 'all',
			openedAt: 5,
			assignments: [waiting],
			isStart: false,
			draft: {},
			entered: {},
		} as const;
		const tasks = [
			plain,
			{ ...plain, token: 5, isStart: true },
			{ ...plain, token: 6, draft: { x: null }, entered: { y: [1] } },
			{ ...plain, token: 7, loop: '9', resume: { from: 3, rollback: 8 }, assignments: [agreed, canceled, waiting] },
			{ ...plain, token: 8, together: ['7', '8'] },
		];
		const scope = { id: 0, parent: null, element: 'p', kind: 'process', host: null, variables: {} } as const;
		const scopes = {
			0: scope,
			3: { ...scope, id: 3, parent: 0, kind: 'loop', host: 5, runs: { count: 2, items: ['a', null] }, task: '9' },
			4: {
				...scope,
				id: 4,
				kind: 'call',
				host: 6,
				flow: { flowId: 'f', version: 2 },
				variables: { x: { value: null, seq: 3 } },
			},
		} as const;
		const state = {
			status: 'in_process',
			initiator: 'ann',
			nextSeq: 9,
			nextToken: 10,
			nextScope: 5,
			tokens: {},
			tasks: Object.fromEntries(tasks.map((task) => [task.token, task])),
			scopes,
			migrated: 6,
		} as const;
		expect(readState(writeState(state))).toEqual(state);

		const decided = [agreed];
		const completion = {
			task: '7',
			decision: 'agree',
			by: 'ann',
			assignments: decided,
			mode: 'all',
			isStart: false,
			entered: {},
		} as const;
		const fired = {
			type: 'NodeFired',
			kind: 'complete',
			node: 'T',
			scope: 0,
			consumed: [],
			produced: [],
			reads: [],
			writes: [],
		} as const;
		const decision = {
			type: 'TaskDecided',
			task: '7',
			user: 'ann',
			decision: 'agree',
			opinion: '',
			entered: {},
			assignments: decided,
		} as const;
		const events: readonly EngineEvent[] = [
			{ ...fired, completion, seq: 1 },
			{ ...decision, seq: 2 },
			{ ...fired, completion, seq: 3 },
			{ ...fired, completion: { ...completion, assignments: [canceled], isStart: true, loop: '9' }, seq: 4 },
			{ ...fired, completion: { ...completion, entered: { x: 1 } }, effect: { kind: 'pure' }, seq: 5 },
			{ ...fired, reads: [{ scope: 0, name: 'x', seq: 0 }], seq: 6 },
			{
				...fired,
				writes: [{ scope: 0, name: 'x', value: 2, prior: null }],
				closed: [scope],
				canceled: [plain],
				seq: 7,
			},
			{ type: 'TaskOpened', task: plain, seq: 8 },
			{ ...fired, kind: 'throw', alreadyThrown: [{ kind: 'throw-signal', name: 'alarm' }], seq: 9 },
		];
		expect(readEvents(writeEvents(events))).toEqual(events);
		const wait = { ...token(9, [entry('1', true)]), host: 8, arm: { kind: 'signal', name: 's' } } as const;
		const rolledBack = {
			type: 'RolledBack',
			rollback: 'r',
			from: '7',
			user: 'ann',
			opinion: '',
			to: entry('1', true),
			resume: 'direct',
			undone: [4],
			voided: [token(10, [])],
			restored: [],
			detached: [wait],
			closed: [],
			undoneTasks: [],
			reopened: [{ ...plain, together: ['7', '8'] }],
			revived: [],
			voidedScopes: [],
			restoredScopes: [],
			compensations: [],
			versions: [],
			holds: [],
			rearmed: [{ token: 9, before: null }],
			seq: 9,
		} as const;
		const returns: readonly EngineEvent[] = [
			rolledBack,
			{ type: 'RollbackUndone', user: 'ann', opinion: '', rollback: rolledBack, seq: 10 },
		];
		expect(readEvents(writeEvents(returns))).toEqual(returns);
		// A completion by the decision right before it does not repeat who had which part.
		expect(writeEvents(events.slice(1, 3))).toContain('["7","agree","ann","all",null]');
	});

	it('of earlier versions, which know nothing of calls, are of the flow itself', () => {
		expect(readPast('[["1","a b",4,"agreed",true]]')).toEqual([entry('1', true)]);
		const past = '{"tasks":[["1","a b",4,"agreed"]],"lists":[[1]]}';
		const state = readState(`{"past":${past},"tokens":[[1,"flow:f",0,3,0]],"tasks":{},"scopes":{}}`);
		expect(state.tokens).toEqual({ 1: token(1, [entry('1', true)]) });
	});

	it('of earlier versions name the open tasks by their ids', () => {
		const open = (id: string, on: number) => ({
			id,
			node: 'T',
			scope: 0,
			token: on,
			openedAt: 5,
			mode: 'all',
			assignments: [],
			isStart: false,
			draft: {},
			entered: {},
		});
		const tasks = JSON.stringify({ 1000000000000007: open('1000000000000007', 5), 8: open('8', 4) });
		const state = readState(`{"past":{"tasks":[],"lists":[]},"tokens":[],"tasks":${tasks},"scopes":{}}`);
		expect(state.tasks).toEqual({ 4: open('8', 4), 5: open('1000000000000007', 5) });
	});

	it('of earlier versions have tasks, scopes and firings as the core has them', () => {
		const task = `{"id":"8","node":"U","scope":0,"token":4,"openedAt":6,"draft":{},"entered":{},"mode":"all",
			"assignments":[{"user":"ann","status":"pending","waitsFor":[]}],"isStart":false}`;
		const state = readState(`{"status":"in_process","initiator":"ann","nextSeq":7,"nextToken":5,"nextScope":1,
			"tokens":[[4,"task:U",0,6,0]],"tasks":[${task}],"scopes":{"0":{"id":0,"parent":null,"element":"p","kind":"process",
			"host":null,"variables":{"x":{"value":[1],"seq":2}}}},"past":{"tasks":[["7","T",4,"agreed"]],"lists":[[1]]},"migrated":3}`);
		expect(readState(writeState(state))).toEqual(state);
		expect(state).toMatchObject({
			status: 'in_process',
			nextScope: 1,
			migrated: 3,
			tokens: { 4: { id: 4, place: 'task:U', past: [{ task: '7', node: 'T', nearest: true }] } },
			tasks: { 4: JSON.parse(task) },
			scopes: { 0: { element: 'p', kind: 'process', variables: { x: { value: [1], seq: 2 } } } },
		});

		const assignments = '[{"user":"ann","status":"agreed","waitsFor":[],"opinion":"Yes","decidedAt":5}]';
		const record = `{"type":"TaskDecided","task":"7","user":"ann","decision":"agree","opinion":"Yes","entered":{},"assignments":${assignments},"seq":3}`;
		const completion = `{"task":"7","decision":"agree","by":"ann","assignments":${assignments},"mode":"all","isStart":false,"entered":{}}`;
		const fired = `{"type":"NodeFired","kind":"complete","node":"T","scope":0,"consumed":[[2,"task:T",0,2,0]],
			"produced":[[3,"flow:f",0,4,1]],"reads":[],"writes":[],"completion":${completion},"seq":4}`;
		const opened = `{"type":"TaskOpened","task":${task},"seq":5}`;
		const events = readEvents(
			`{"past":{"tasks":[["7","T",4,"agreed"]],"lists":[[],[1]]},"events":[${record},${fired},${opened}]}`,
		);
		const past = { task: '7', node: 'T', seq: 4, outcome: 'agreed', nearest: true };
		expect(events).toEqual([
			JSON.parse(record),
			{
				...JSON.parse(fired),
				consumed: [{ id: 2, place: 'task:T', scope: 0, producer: 2, past: [] }],
				produced: [{ id: 3, place: 'flow:f', scope: 0, producer: 4, past: [past] }],
			},
			JSON.parse(opened),
		]);
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
