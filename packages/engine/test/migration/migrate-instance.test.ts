import { describe, expect, it } from 'vitest';
import { rollbackPoints } from '../../src/causality/points.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { elementOf } from '../../src/scopes.ts';
import { Driver, migration } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ends = (...ids: readonly string[]) => ids.map((id) => `<endEvent id="${id}"/>`).join('');
const START = '<startEvent id="start"/>';

/** A process of user tasks one after the other. */
const line = (...ids: readonly string[]): Promise<ProcessModel> =>
	readModel(`${START}${userTasks(...ids)}${ends('end')}${path('start', ...ids, 'end')}`);

const path = (...ids: readonly string[]): string =>
	arrows(
		ids
			.slice(1)
			.map((id, index) => `${ids[index]} -> ${id}`)
			.join(','),
	);

async function moved(before: Promise<ProcessModel>, after: Promise<ProcessModel>): Promise<Driver> {
	const driver = new Driver(await before).start();
	return driver.deploy(await after);
}

const arms = ({ live }: Driver) =>
	Object.values(live.tokens)
		.flatMap((token) => (token.arm === undefined ? [] : [elementOf(token)]))
		.sort();

describe('a migration', () => {
	it('keeps open tasks with their ids and votes, and goes on by the other version', async () => {
		const driver = await moved(line('A', 'B'), line('A', 'X', 'B'));
		const task = driver.task('A');
		driver.migrate();
		expect(driver.task('A')).toEqual(task);
		driver.agree('A').agree('X').agree('B');
		expect(driver.live.status).toBe('agreed');
	});

	it('moves a task to the node that the map says, and the record says what was mapped', async () => {
		const driver = await moved(line('A', 'B'), line('review', 'B'));
		const { id } = driver.task('A');
		expect(driver.migrationProblems()).toEqual(['not-mapped A']);
		driver.migrate({ A: 'review' });
		expect(driver.task('review').id).toBe(id);
		expect(driver.log.at(-1)).toMatchObject({ type: 'InstanceMigrated', from: 1, to: 2, map: { A: 'review' } });
	});

	it('changes nothing where it is refused, and names each element once', async () => {
		const fork = (a: string, b: string) =>
			readModel(
				`${START}${userTasks(a, b)}<parallelGateway id="fork"/><parallelGateway id="join"/>${ends('end')}${arrows(
					`start -> fork, fork -> ${a}, fork -> ${b}, ${a} -> join, ${b} -> join, join -> end`,
				)}`,
			);
		const driver = await moved(fork('A', 'B'), fork('C', 'D'));
		const before = driver.live;
		expect(driver.migrationProblems()).toEqual(['not-mapped A', 'not-mapped B']);
		expect(driver.live).toBe(before);
		expect(driver.migrate({ A: 'D', B: 'C' }).open()).toEqual(['C', 'D']);
	});

	it('says what is wrong with the map', async () => {
		const driver = await moved(line('A', 'B'), line('A', 'B'));
		expect(driver.migrationProblems({ gone: 'A' })).toEqual(['not-mapped A', 'source-unknown gone']);
		expect(driver.migrationProblems({ B: 'gone' })).toEqual(['target-unknown B']);
		expect(driver.migrationProblems({ A: 'B', B: 'B' })).toEqual(['mapped-twice A', 'mapped-twice B']);
		expect(driver.migrationProblems({ B: 'end' })).toEqual(['kind-differs B']);
		expect(driver.migrationProblems({ B: 'constructor' })).toEqual(['target-unknown B']);
	});

	it('is refused for a version that is not there, for the same one without a map, and once the instance has ended', async () => {
		const driver = new Driver(await line('A', 'B')).start();
		driver.refuse({ ...migration(), version: 2 }, 'version-unknown');
		driver.refuse(migration(), 'version-current');
		driver.refuse(migration({ A: 'A' }), 'version-current');
		driver.refuse({ ...migration(), user: 'unknown' }, 'user-unknown');
		expect(driver.migrate({ A: 'B' }).open()).toEqual(['B']);
		driver.agree('B');
		driver.deploy(await line('A', 'C')).refuse(migration(), 'instance-not-open');
	});

	it('back to the version before is a migration like any other', async () => {
		const driver = await moved(line('A', 'B'), line('A', 'X', 'B'));
		driver.migrate().accept({ ...migration(), version: 1 });
		expect(driver.agree('A').open()).toEqual(['B']);
	});

	it('does not change how the instance ends: what was decided before counts, also under another name', async () => {
		const driver = await moved(line('A', 'B'), line('first', 'B'));
		driver.agree('A').migrate({ A: 'first' });
		expect(driver.live.tokens[driver.task('B').token]?.past.map(({ node }) => node)).toEqual(['first', 'start']);
		expect(driver.agree('B').live.status).toBe('agreed');
	});

	it('nor where another node gets the name of one that is gone, be it by the map, by kind or in a call', async () => {
		const asked = '<userTask id="B" camunda:assignee="alpha" sendback:onReject="continue"/>';
		const from = (tasks: string, ...ids: readonly string[]) =>
			readModel(`${START}${tasks}${ends('end')}${path('start', ...ids, 'end')}`);
		const renamed = await moved(from(`${userTasks('A')}${asked}`, 'B', 'A'), line('B'));
		expect(renamed.reject('B').migrate({ A: 'B' }).agree('B').live.status).toBe('completed');

		const through = (...ids: readonly string[]) => from(`${userTasks(...ids)}`, ...ids);
		const back = await moved(from(`${userTasks('A', 'C')}${asked}`, 'B', 'A', 'C'), through('A', 'C'));
		back
			.reject('B')
			.migrate()
			.deploy(await through('A', 'B', 'C'));
		expect(back.migrate().agree('A').agree('B').agree('C').live.status).toBe('completed');

		const calls = (...ids: readonly string[]) =>
			ids.map((id) => `<callActivity id="${id}" calledElement="child"/>`).join('');
		const called = new Driver(await from(calls('one') + userTasks('A') + calls('two'), 'one', 'A', 'two'));
		called.called = { child: await from(asked, 'B') };
		called
			.start()
			.reject('B')
			.deploy(await from(userTasks('A') + calls('one'), 'A', 'one'));
		expect(called.migrate({ two: 'one' }).agree('A').agree('B').live.status).toBe('completed');
	});

	it('an event that is new begins after what was decided before, under the names of its version', async () => {
		const inside = (first: string, handler: string) =>
			readModel(
				`${START}<userTask id="${first}" camunda:assignee="alpha" sendback:onReject="continue"/><subProcess id="sub"><startEvent id="in"/>${userTasks('B')}${handler}${path('in', 'B')}</subProcess><exclusiveGateway id="x" default="over"/><sequenceFlow id="over" sourceRef="x" targetRef="end"/>${ends('end')}${arrows(`start -> ${first}, ${first} -> sub, sub -> x, x -[again]-> ${first}`)}`,
				'<message id="m" name="stop"/>',
			);
		const handler = `<subProcess id="event" triggeredByEvent="true"><startEvent id="came" isInterrupting="false"><messageEventDefinition messageRef="m"/></startEvent>${userTasks('C')}${path('came', 'C')}</subProcess>`;
		const driver = await moved(inside('A', ''), inside('first', handler));
		driver.reject('A').migrate({ A: 'first' }).trigger('came').agree('C').agree('B', { again: true });
		expect(driver.agree('first', { again: false }).agree('B').live.status).toBe('agreed');
	});
});

describe('a migration is a barrier', () => {
	it('nothing before it is offered or accepted, and what is after it is sent back by the other version', async () => {
		const driver = await moved(line('A', 'B', 'C'), line('A', 'B', 'X', 'C'));
		driver.agree('A');
		const back = driver.rollBackCommand('B', 'A');
		driver.migrate().refuse(back, 'rollback-barrier').agree('B').agree('X');
		const view = { model: driver.model, state: driver.live, answers: new Map() };
		const offered = rollbackPoints(view, driver.task('C').id, 'alpha');
		expect(offered.ok && offered.points.map(({ node }) => node)).toEqual(['X', 'B']);
		driver.refuse(driver.rollBackCommand('C', 'A'), 'rollback-barrier').rollBack('C', 'B');
		expect(driver.agree('B').open()).toEqual(['X']);
	});

	it('a rollback before it cannot be taken back', async () => {
		const driver = await moved(line('A', 'B'), line('A', 'B'));
		driver.agree('A').rollBack('B', 'A').migrate();
		driver.refuse({ type: 'undo-rollback', rollback: 'rollback', user: 'alpha', opinion: '' }, 'rollback-not-last');
	});

	it('a direct return across it is none, and says so', async () => {
		const driver = await moved(line('A', 'B', 'C'), line('A', 'B', 'C'));
		driver.agree('A').agree('B').rollBackDirect('C', 'A').migrate().agree('A');
		expect(driver.open()).toEqual(['B']);
		expect(driver.log.findLast(({ type }) => type === 'Resumed')).toMatchObject({
			kept: [],
			stopped: { node: 'A', reason: 'migrated' },
		});
	});

	it('a repeated task with runs on both sides is no point as a whole; its later runs are', async () => {
		const body = `${START}<userTask id="sign" camunda:assignee="alpha"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>${userTasks('pay')}${ends('end')}${path('start', 'sign', 'pay', 'end')}`;
		const driver = await moved(readModel(body), readModel(body));
		driver.agree('sign').migrate().agree('sign').agree('sign');
		const view = { model: driver.model, state: driver.live, answers: new Map() };
		const offered = rollbackPoints(view, driver.task('pay').id, 'alpha');
		const last = driver.completed('sign');
		expect(offered.ok && offered.points.map(({ task }) => task)).toEqual([last]);
		expect(driver.rollBack('pay', 'sign').open()).toEqual(['sign']);
		expect(driver.agree('sign').open()).toEqual(['pay']);
	});
});

describe('where paths wait', () => {
	const joined = (arrowsOf: string, tasks: readonly string[], kind = 'parallelGateway') =>
		readModel(
			`${START}${userTasks(...tasks)}<${kind} id="fork"/><${kind} id="join"/>${ends('end')}${arrows(arrowsOf)}`,
		);
	const TWO = 'start -> fork, fork -> A, fork -> B, A -> join, B -> join, join -> end';

	it('a token stays on the flow of the same id, or on the only one between the same two nodes', async () => {
		const after = joined(TWO.replace('A -> join', 'C -> join').replace('fork -> A', 'fork -> C'), ['C', 'B']);
		const driver = await moved(joined(TWO, ['A', 'B']), after);
		driver.agree('A').migrate({ A: 'C' });
		expect(driver.marking()).toContain('flow:C_join');
		expect(driver.agree('B').live.status).toBe('agreed');
	});

	it('it is refused where the flow is gone, and the map can say which one it is', async () => {
		const after = joined(TWO.replace('A -> join', 'A -> X, X -> join'), ['A', 'B', 'X']);
		const driver = await moved(joined(TWO, ['A', 'B']), after);
		driver.agree('A');
		expect(driver.migrationProblems()).toEqual(['flow-gone A_join']);
		expect(driver.migrationProblems({ A_join: 'A_X' })).toEqual(['flow-gone A_join']);
		driver.migrate({ A_join: 'X_join' });
		expect(driver.agree('B').live.status).toBe('agreed');
	});

	it('it is refused where paths of several flows would come to one', async () => {
		const joined = (...between: readonly string[]) => {
			const flows = between.map((id) => `<sequenceFlow id="${id}" sourceRef="fork" targetRef="join"/>`).join('');
			return readModel(
				`${START}${userTasks('A')}<parallelGateway id="fork"/><parallelGateway id="join"/>${ends('end')}${flows}
				${arrows('start -> fork, fork -> A, A -> join, join -> end')}`,
			);
		};
		const driver = await moved(joined('one', 'two'), joined('both'));
		expect(driver.migrationProblems()).toEqual(['flow-ambiguous one', 'flow-ambiguous two']);
		expect(driver.migrationProblems({ one: 'both' })).toEqual(['flow-gone two']);
		driver.deploy(await joined('two', 'first')).migrate();
		expect(driver.agree('A').live.status).toBe('agreed');
	});

	it('it is refused where a join would wait for a path that nothing can bring', async () => {
		const driver = await moved(line('A', 'B'), joined(TWO, ['A', 'B']));
		expect(driver.migrationProblems()).toEqual(['join-starved join']);
	});

	it('a join that a terminate end makes up for may wait in vain, as it did before', async () => {
		const body = `${START}${userTasks('A', 'B', 'C')}<parallelGateway id="fork"/><parallelGateway id="join"/>
			<exclusiveGateway id="xor" default="xor_join"/>${ends('end')}<endEvent id="stop"><terminateEventDefinition/></endEvent>${arrows(
				'start -> fork, fork -> A, fork -> B, A -> join, B -> xor, xor -[v = 1]-> C, C -> stop, xor -> join, join -> end',
			)}`;
		const driver = await moved(readModel(body), readModel(body));
		driver.agree('A').agree('B', { v: 1 }).migrate();
		expect(driver.agree('C').live.status).toBe('agreed');
	});

	it('an inclusive join that waited for a path which is no more goes on at once', async () => {
		const or = 'start -> fork, fork -[true]-> A, fork -[true]-> B, A -> join, B -> join, join -> end';
		const apart = 'start -> fork, fork -[true]-> A, fork -[true]-> B, A -> join, B -> C, C -> over, join -> end';
		const model = (flows: string, extra = '') =>
			readModel(
				`${START}${userTasks('A', 'B', 'C')}<inclusiveGateway id="fork"/><inclusiveGateway id="join"/>${ends('end', ...(extra === '' ? [] : [extra]))}${arrows(flows)}`,
			);
		const before = model(`${or}, C -> end, B -> C`.replace('B -> join, ', '').replace('C -> end', 'C -> join'));
		const driver = await moved(before, model(apart, 'over'));
		driver.agree('A');
		expect(driver.marking()).toEqual(['flow:A_join', 'task:B']);
		driver.migrate();
		expect(driver.marking()).toEqual(['task:B']);
		expect(driver.agree('B').agree('C').live.status).toBe('agreed');
	});
});

describe('what is waited for', () => {
	const timer = (id: string, duration: string, cancels = true) =>
		`<boundaryEvent id="${id}" attachedToRef="A" cancelActivity="${cancels}"><timerEventDefinition><timeDuration>${duration}</timeDuration></timerEventDefinition></boundaryEvent>`;
	const withEvents = (events: string, flows: string, more: readonly string[] = [], roots = '') =>
		readModel(
			`${START}${userTasks('A', ...more)}${events}${ends('end', 'out')}${arrows(`start -> A, A -> end, ${flows}`)}`,
			roots,
		);

	it('a timer that is there in both keeps its time, whatever the other version says', async () => {
		const driver = await moved(
			withEvents(timer('late', 'PT1H'), 'late -> out'),
			withEvents(timer('late', 'PT9H'), 'late -> out'),
		);
		const before = driver.live.tokens[driver.armed('late')];
		expect(driver.migrate().live.tokens[driver.armed('late')]).toEqual(before);
	});

	it('an event that is new at an open task is armed, and one that is gone is not waited for', async () => {
		const driver = await moved(
			withEvents(timer('late', 'PT1H'), 'late -> out'),
			withEvents(timer('soon', 'PT5S'), 'soon -> out'),
		);
		driver.now = 70_000;
		driver.migrate();
		expect(arms(driver)).toEqual(['soon']);
		expect(driver.live.tokens[driver.armed('soon')]?.arm).toMatchObject({ kind: 'timer', due: 75_000 });
		expect(driver.log.at(-1)).toMatchObject({ canceled: [{ place: 'wait:late' }] });
		driver.trigger('soon');
		expect(driver.live.tasks).toEqual({});
	});

	it('one that has come already is not armed again', async () => {
		const model = withEvents(timer('late', 'PT1H', false), 'late -> N, N -> out', ['N']);
		const driver = await moved(model, withEvents(timer('late', 'PT2H', false), 'late -> N, N -> out', ['N']));
		driver.trigger('late').migrate();
		expect(arms(driver)).toEqual([]);
	});

	it('one of another kind is another event, unless the map says that it is the same', async () => {
		const message = `<boundaryEvent id="late" attachedToRef="A"><messageEventDefinition messageRef="m"/></boundaryEvent>`;
		const roots = '<message id="m" name="stop"/>';
		const driver = await moved(
			withEvents(timer('late', 'PT1H'), 'late -> out'),
			withEvents(message, 'late -> out', [], roots),
		);
		expect(driver.migrationProblems({ late: 'late' })).toEqual(['trigger-differs late']);
		driver.migrate();
		expect(driver.live.tokens[driver.armed('late')]?.arm).toEqual({ kind: 'message', name: 'stop', key: null });
	});

	it('one that the map leads to another activity is refused', async () => {
		const other = `<boundaryEvent id="late" attachedToRef="N"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>`;
		const driver = await moved(
			withEvents(timer('late', 'PT1H'), 'late -> N, N -> out', ['N']),
			withEvents(`${other}<exclusiveGateway id="x" default="x_N"/>`, 'late -> out, A -> x, x -> N, N -> out', ['N']),
		);
		expect(driver.migrationProblems({ late: 'late' })).toEqual(['host-differs late']);
		expect(arms(driver.migrate())).toEqual([]);
	});

	it('a condition that is new and holds comes at once', async () => {
		const event = `<boundaryEvent id="big" attachedToRef="A"><conditionalEventDefinition><condition xsi:type="tFormalExpression">= amount > 5</condition></conditionalEventDefinition></boundaryEvent>`;
		const driver = new Driver(await line('A')).start({ amount: 9 });
		driver.deploy(await withEvents(event, 'big -> N, N -> out', ['N'])).migrate();
		expect(driver.open()).toEqual(['N']);
	});

	it('behind an event-based gateway the same holds', async () => {
		const catching = (...names: readonly string[]) =>
			readModel(
				`${START}<eventBasedGateway id="gate"/>${names
					.map(
						(name) =>
							`<intermediateCatchEvent id="${name}"><messageEventDefinition messageRef="m_${name}"/></intermediateCatchEvent>`,
					)
					.join('')}${ends('end')}${arrows(
					['start -> gate', ...names.flatMap((name) => [`gate -> ${name}`, `${name} -> end`])].join(','),
				)}`,
				names.map((name) => `<message id="m_${name}" name="${name}"/>`).join(''),
			);
		const driver = await moved(catching('yes', 'no'), catching('yes', 'maybe'));
		const yes = driver.armed('yes');
		driver.migrate();
		expect(arms(driver)).toEqual(['maybe', 'yes']);
		expect(driver.armed('yes')).toBe(yes);
		expect(driver.trigger('maybe').live.status).toBe('completed');
	});

	it('an event subprocess that is new is waited for, unless another has ended the rest of its scope', async () => {
		const handler = (id: string) =>
			`<subProcess id="${id}" triggeredByEvent="true"><startEvent id="${id}_start" isInterrupting="true"><messageEventDefinition messageRef="m"/></startEvent>${userTasks(`${id}_task`)}${path(`${id}_start`, `${id}_task`)}</subProcess>`;
		const model = (...handlers: readonly string[]) =>
			readModel(
				`${START}${userTasks('A')}${handlers.map(handler).join('')}${ends('end')}${path('start', 'A', 'end')}`,
				'<message id="m" name="stop"/>',
			);
		const driver = await moved(model(), model('one'));
		expect(arms(driver.migrate())).toEqual(['one_start']);
		driver
			.trigger('one_start')
			.deploy(await model('one', 'two'))
			.migrate();
		expect(arms(driver)).toEqual([]);
		expect(driver.open()).toEqual(['one_task']);
	});

	it('no event subprocess is waited for before the start is completed again, and once after', async () => {
		const body = (handler: string) =>
			readModel(
				`${START}${userTasks('A')}${handler}${ends('end')}${path('start', 'A', 'end')}`,
				'<message id="m" name="stop"/>',
			);
		const handler = `<subProcess id="on" triggeredByEvent="true"><startEvent id="come"><messageEventDefinition messageRef="m"/></startEvent></subProcess>`;
		const driver = await moved(body(''), body(handler));
		driver.rollBack('A', 'start').migrate();
		expect(arms(driver)).toEqual([]);
		expect(arms(driver.agree('start', {}, 'initiator'))).toEqual(['come']);
	});

	it('a service task keeps its work, and the other version says what a rollback may do about it', async () => {
		const service = (id: string) =>
			readModel(
				`${START}<serviceTask id="${id}" camunda:type="external" camunda:topic="pay-${id}"/>${userTasks('A')}${ends('end')}${path('start', id, 'A', 'end')}`,
			);
		const driver = await moved(service('pay'), service('charge'));
		driver.migrate({ pay: 'charge' });
		expect(driver.live.tokens[driver.armed('charge')]?.arm).toMatchObject({ kind: 'job', topic: 'pay-pay' });
		expect(driver.completeJob('charge').open()).toEqual(['A']);
	});
});

describe('inside of activities', () => {
	const sub = (id: string, inside: readonly string[], loop = '') =>
		`<subProcess id="${id}">${loop}<startEvent id="${id}_in"/>${userTasks(...inside)}${path(`${id}_in`, ...inside)}</subProcess>`;
	const around = (activity: string, id: string) =>
		readModel(`${START}${activity}${ends('end')}${path('start', id, 'end')}`);

	it('a task stays in the subprocess that its own is in the other version', async () => {
		const driver = await moved(around(sub('S', ['A']), 'S'), around(sub('T', ['A', 'B']), 'T'));
		expect(driver.migrationProblems()).toEqual(['not-mapped S']);
		driver.migrate({ S: 'T' }).agree('A').agree('B');
		expect(driver.live.status).toBe('agreed');
	});

	it('a task does not come into a subprocess, nor out of one', async () => {
		const driver = await moved(line('A'), around(sub('S', ['A']), 'S'));
		expect(driver.migrationProblems()).toEqual(['scope-differs A']);
	});

	it('a repeated activity keeps its runs; one that is repeated otherwise is refused', async () => {
		const loop = (sequential: boolean, count: number) =>
			`<multiInstanceLoopCharacteristics isSequential="${sequential}"><loopCardinality>${count}</loopCardinality></multiInstanceLoopCharacteristics>`;
		const driver = await moved(
			around(sub('S', ['A'], loop(false, 2)), 'S'),
			around(sub('T', ['B'], loop(false, 5)), 'T'),
		);
		driver.migrate({ S: 'T', A: 'B' });
		expect(driver.open()).toEqual(['B', 'B']);
		for (const each of ['sequential', 'none']) {
			driver.deploy(await around(sub('T', ['B'], each === 'none' ? '' : loop(true, 2)), 'T'));
			expect(driver.migrationProblems()).toEqual(['loop-differs T']);
		}
		for (const { id } of Object.values(driver.live.tasks)) {
			driver.accept({ type: 'decide-task', task: id, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
		}
		expect(driver.live.status).toBe('agreed');
	});

	it('a called flow goes on in the version that it was called in, and is left by the other version', async () => {
		const calling = (id: string, ...after: readonly string[]) =>
			readModel(
				`${START}<callActivity id="${id}" calledElement="child"/>${userTasks(...after)}${ends('end')}${path('start', id, ...after, 'end')}`,
			);
		const driver = new Driver(await calling('call', 'B'));
		driver.called = { child: await line('A', 'B') };
		driver
			.start()
			.agree('A')
			.deploy(await calling('other', 'C'));
		const back = driver.rollBackCommand('B', 'A');
		driver.migrate({ call: 'other' }).refuse(back, 'rollback-barrier');
		expect(driver.open()).toEqual(['B']);
		expect(driver.agree('B').open()).toEqual(['C']);
	});

	it('what was lately finished stays finished, wherever it ended', async () => {
		const fork = (...over: readonly string[]) =>
			readModel(
				`${START}${userTasks('A', 'B')}<parallelGateway id="fork"/>${ends(...over)}${arrows(
					`start -> fork, fork -> A, fork -> B, A -> ${over[0]}, B -> ${over[1]}`,
				)}`,
			);
		const driver = await moved(fork('one', 'two'), fork('three', 'two'));
		expect(driver.agree('A').migrate().agree('B').live.status).toBe('agreed');
	});
});
