import type { EngineEvent, NodeFired, RolledBack } from '@sendback/engine/events.ts';
import type { Node, ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState, OpenTask, Scope, Token } from '@sendback/engine/state.ts';
import Value from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { modelsOfScopes } from '../../src/http/api/called-models.ts';
import { historyEntryView } from '../../src/http/api/views/history-view.ts';
import { InstanceSchema, instanceView } from '../../src/http/api/views/instance-view.ts';
import { ResumptionSchema, resumptionView } from '../../src/http/api/views/resumption-view.ts';
import type { FlowService, InstanceView } from '../../src/services.ts';

function node(kind: Node['kind'], id: string): Node {
	return { id, name: `The ${id}`, parent: 'p', incoming: [], outgoing: [], line: 1, kind } as unknown as Node;
}

function model(id: string, nodes: readonly Node[]): ProcessModel {
	return {
		id,
		name: id,
		nodes: Object.fromEntries(nodes.map((each) => [each.id, each])),
		flows: {},
		rollbackRange: 'any',
	};
}

function scope(id: number, kind: Scope['kind'], element: string, parts: Partial<Scope> = {}): Scope {
	return { id, parent: id === 0 ? null : 0, element, kind, host: null, variables: {}, ...parts };
}

function token(id: number, place: Token['place'], parts: Partial<Token> = {}): Token {
	return { id, place, scope: 0, producer: 1, past: [], ...parts };
}

const TASK: OpenTask = {
	id: '42',
	node: 'inner',
	scope: 3,
	token: 9,
	mode: 'all',
	openedAt: 0,
	assignments: [],
	isStart: false,
	draft: {},
	entered: {},
};

const OUTER = model('p', [
	node('userTask', 'a'),
	node('intermediateCatchEvent', 'paid'),
	node('boundaryEvent', 'late'),
	node('startEvent', 'whenever'),
	node('eventBasedGateway', 'race'),
	node('subProcess', 'sub'),
	node('callActivity', 'call'),
	node('serviceTask', 'work'),
]);
const CALLED = model('q', [node('userTask', 'inner')]);

function instance(state: Partial<InstanceState>): InstanceView {
	const empty: InstanceState = {
		status: 'in_process',
		initiator: '1001',
		nextSeq: 1,
		nextToken: 1,
		nextScope: 1,
		tokens: {},
		tasks: {},
		scopes: { 0: scope(0, 'process', 'p') },
	};
	return {
		id: '1',
		namespace: 'demo__c',
		flowId: 'outer',
		version: 1,
		model: OUTER,
		state: { ...empty, ...state },
		businessKey: null,
		startedAt: 0,
		endedAt: null,
	};
}

const byId = <T extends { readonly id: number }>(...all: readonly T[]) =>
	Object.fromEntries(all.map((each) => [each.id, each]));

const flows: Pick<FlowService, 'find'> = {
	find: async (_tenant, namespace, flowId, version) =>
		namespace === 'demo__c' && flowId === 'called' && version === 2
			? { namespace, flowId, version, model: CALLED, xml: '', warnings: [], deployedAt: 0 }
			: null,
};

async function view(shown: InstanceView, tasks: Parameters<typeof instanceView>[1] = null) {
	const modelOf = await modelsOfScopes(flows as FlowService, 'demo', shown);
	return instanceView(shown, tasks, modelOf);
}

describe('the instance view', () => {
	test('marks what a person would count: activities and awaited events, nothing that is only armed beside them', async () => {
		const { marking } = await view(
			instance({
				tokens: byId(
					token(1, 'task:a'),
					token(2, 'wait:late', { host: 1 }),
					token(3, 'wait:paid'),
					token(4, 'active:race'),
					token(5, 'wait:paid', { host: 4 }),
					token(6, 'wait:whenever'),
					token(7, 'active:work'),
					token(8, 'active:work'),
					token(9, 'sink:end'),
				),
			}),
		);
		expect(marking).toEqual([
			{ element_id: 'a', scope_id: '0', count: 1 },
			{ element_id: 'paid', scope_id: '0', count: 1 },
			{ element_id: 'race', scope_id: '0', count: 1 },
			{ element_id: 'work', scope_id: '0', count: 2 },
		]);
	});

	test('tells what runs inside of what, each with its own variables', async () => {
		const shown = await view(
			instance({
				scopes: byId(
					scope(0, 'process', 'p', { variables: { amount: { value: 1, seq: 1 } } }),
					scope(1, 'sub', 'sub', { host: 5, variables: { amount: { value: 2, seq: 3 } } }),
					scope(2, 'call', 'call', { host: 6, parent: 1, flow: { flowId: 'called', version: 2 } }),
				),
			}),
		);
		expect(shown.variables).toEqual({ amount: 1 });
		expect(shown.scopes).toEqual([
			{ id: '0', parent_id: null, element_id: 'p', kind: 'process', variables: { amount: 1 } },
			{ id: '1', parent_id: '0', element_id: 'sub', kind: 'sub', variables: { amount: 2 } },
			{ id: '2', parent_id: '1', element_id: 'call', kind: 'call', flow_id: 'called', version: 2, variables: {} },
		]);
	});

	test('is as the document says with a scope of every kind', async () => {
		const kinds = ['process', 'sub', 'call', 'loop', 'run', 'compensation'] as const;
		const shown = await view(instance({ scopes: byId(...kinds.map((kind, id) => scope(id, kind, kind))) }));
		expect(Value.Errors(InstanceSchema, shown)).toEqual([]);
	});

	test('names the tasks of a called flow after its own model, also in scopes within', async () => {
		const shown = await view(
			instance({
				tokens: byId(token(5, 'active:call'), token(9, 'task:inner', { scope: 3 })),
				tasks: { [TASK.id]: { ...TASK, loop: '41' } },
				scopes: byId(
					scope(0, 'process', 'p'),
					scope(1, 'call', 'call', { host: 5, flow: { flowId: 'called', version: 2 } }),
					scope(2, 'loop', 'inner', { parent: 1 }),
					scope(3, 'run', 'inner', { parent: 2 }),
				),
			}),
		);
		expect(shown.tasks).toMatchObject([{ id: '42', node_name: 'The inner', loop_id: '41' }]);
		expect(shown.marking).toEqual([
			{ element_id: 'call', scope_id: '0', count: 1 },
			{ element_id: 'inner', scope_id: '3', count: 1 },
		]);
	});

	test('knows of every task which repeated task it is a run of', async () => {
		const record = {
			instance: '1',
			node: 'a',
			nodeName: 'A',
			status: 'agreed',
			isStart: false,
			openedAt: 0,
			closedAt: 1,
			completedBy: 'x',
			undoneBy: null,
			assignments: [],
		} as const;
		const tasks = [
			{ ...record, id: '41' },
			{ ...record, id: '42' },
			{ ...record, id: '43', loop: '40' },
		];
		const shown = await view(instance({ tasks: { [TASK.id]: { ...TASK, loop: '40' } } }), tasks);
		expect(shown.tasks.map(({ id, loop_id }) => [id, loop_id])).toEqual([
			['41', null],
			['42', '40'],
			['43', '40'],
		]);
	});
});

type Fired = Partial<NodeFired> & Pick<NodeFired, 'kind' | 'node'>;

function fired(firing: Fired): NodeFired {
	return { type: 'NodeFired', seq: 7, scope: 0, consumed: [], produced: [], reads: [], writes: [], ...firing };
}

const entry = (...events: readonly EngineEvent[]) =>
	historyEntryView({ position: 1, step: { at: 0, events }, undoneBy: [] });

describe('a history entry', () => {
	const started = token(1, 'wait:paid', { arm: { kind: 'message', name: 'payment', key: null } });

	test.each<[string, Fired, object]>([
		['a message', { kind: 'catch', node: 'paid', consumed: [started] }, { kind: 'message', name: 'payment' }],
		[
			'a timer at a boundary, beside another event',
			{
				kind: 'interrupt',
				node: 'late',
				consumed: [
					token(1, 'active:work', { arm: { kind: 'job', topic: 'bank', retries: 1 } }),
					token(2, 'wait:other', { arm: { kind: 'signal', name: 'closed' } }),
					token(3, 'wait:late', { arm: { kind: 'timer', due: 1, full: 1, left: 0 } }),
				],
			},
			{ kind: 'timer', name: null },
		],
	])('tells that %s came, and to which node', (_name, firing, event) => {
		const shown = entry(fired(firing), { type: 'InstanceEnded', seq: 8, status: 'completed', user: null, opinion: '' });
		expect(shown).toMatchObject({ what: 'event_caught', user_id: null, node_id: firing.node, event });
		expect(shown.events[0]).toMatchObject({ type: 'node_fired', kind: firing.kind, node_id: firing.node, event });
	});

	test.each([
		['complete', 'work_completed'],
		['interrupt', 'error_thrown'],
	] as const)('tells of work that was done or failed: %s', (kind, what) => {
		const consumed = [token(1, 'active:work', { arm: { kind: 'job', topic: 'bank', retries: 1 } })];
		expect(entry(fired({ kind, node: 'work', consumed }))).toMatchObject({
			what,
			node_id: 'work',
			event: { kind: 'job', name: 'bank' },
		});
	});

	test('tells what a node throws; that is not the headline of a decision', () => {
		const effects = [{ kind: 'throw-signal', name: 'closed' } as const];
		const shown = entry(
			{
				type: 'TaskDecided',
				seq: 6,
				task: '5',
				user: 'u',
				decision: 'agree',
				opinion: 'ok',
				entered: {},
				assignments: [],
			},
			fired({ kind: 'throw', node: 'tell', effects }),
		);
		expect(shown).toMatchObject({ what: 'task_decided', user_id: 'u', event: null, node_id: null });
		expect(shown.events[1]).toMatchObject({ kind: 'throw', event: { kind: 'signal', name: 'closed' } });
	});

	const rollback: RolledBack = {
		type: 'RolledBack',
		seq: 9,
		rollback: '77',
		from: '5',
		user: 'u',
		opinion: 'again',
		to: { task: '3', node: 'a', seq: 2, outcome: 'agreed', nearest: true },
		resume: 'replay',
		undone: [],
		voided: [],
		restored: [],
		closed: [],
		undoneTasks: [],
		reopened: [],
		revived: [],
		voidedScopes: [],
		restoredScopes: [],
		compensations: [],
		versions: [],
		holds: [],
	};

	test('tells that a rollback was taken back, by whom and which', () => {
		const shown = entry({ type: 'RollbackUndone', seq: 10, user: 'v', opinion: 'oops', rollback });
		expect(shown).toMatchObject({
			what: 'rollback_undone',
			user_id: 'v',
			opinion: 'oops',
			rollback_id: '77',
			task_id: '5',
			to_task_id: '3',
			events: [{ type: 'rollback_undone', task_id: '5', rollback_id: '77' }],
		});
	});

	test('tells how far a direct return got, within the decision that it followed from', () => {
		const shown = entry({
			type: 'Resumed',
			seq: 11,
			rollback: '77',
			kept: [{ from: '4', to: '8', node: 'b' }],
			stopped: { node: 'x', reason: 'changed-variable' },
		});
		expect(shown.events).toEqual([
			{
				seq: 11,
				type: 'resumed',
				rollback_id: '77',
				resumed: {
					kept: [{ from_task_id: '4', to_task_id: '8', node_id: 'b' }],
					stopped: { node_id: 'x', reason: 'changed-variable' },
				},
				undone_by: null,
			},
		]);
	});
});

test.each(['changed-choice', 'changed-variable', 'token-used', 'more-to-come', 'compensated', 'migrated'] as const)(
	'a direct return that ends for %s is as the document says',
	(reason) => {
		const shown = resumptionView({ kept: [{ from: '1', to: '2', node: 'a' }], stopped: { node: 'b', reason } });
		expect(Value.Errors(ResumptionSchema, shown)).toEqual([]);
	},
);
