import { describe, expect, it } from 'vitest';
import { buildModel, users } from '../support/build-model.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const TWO_BRANCHES = buildModel(`
	start -> P
	P -> and1
	and1 -> A1
	A1 -> A2
	A2 -> and2
	and1 -> B1
	B1 -> and2
	and2 -> T
	T -> end
`);

/** Decides `x` at B: 1 goes to the join J, 2 leaves past it. */
const OR_EXIT = buildModel(`
	start -> P
	P -> and1
	and1 -> orJ
	and1 -> B
	B -> xor
	xor -[x = 1]-> orJ
	xor -[default]-> orK
	orJ -> W
	W -> orK
	orK -> T
	T -> end
`);

const LOOP = buildModel(`
	start -> P
	P -> xorIn
	xorIn -> A
	A -> xorOut
	xorOut -[again = 1]-> xorIn
	xorOut -[default]-> T
	T -> end
`);

describe('sending back undoes all and only the consequences of the target', () => {
	it('(a) from one branch to before the fork: the finished work of the other branch is undone too', () => {
		const driver = new Driver(TWO_BRANCHES).start().agree('P').agree('B1').agree('A1');
		driver.rollBack('A2', 'P');
		expect(driver.marking()).toEqual(['task:P']);
	});

	it('(b) from after the join into one branch: the other branch is kept, its token waits at the join again', () => {
		const driver = new Driver(TWO_BRANCHES).start().agree('P').agree('A1').agree('A2').agree('B1');
		driver.rollBack('T', 'A2');
		expect(driver.marking()).toEqual(['flow:B1_and2', 'task:A2']);
		expect(driver.agree('A2').open()).toEqual(['T']);
	});

	it('(c) within one branch: the open task of the other branch keeps its id', () => {
		const driver = new Driver(TWO_BRANCHES).start().agree('P').agree('A1');
		const untouched = driver.task('B1').id;
		driver.rollBack('A2', 'A1');
		expect(driver.marking()).toEqual(['task:A1', 'task:B1']);
		expect(driver.task('B1').id).toBe(untouched);
	});

	it('restores the tokens of the branches an inclusive split chose, and leaves the others unchosen', () => {
		const model = buildModel(`
			start -> P
			P -> orSplit
			orSplit -[a = 1]-> A
			orSplit -[b = 1]-> B
			orSplit -[c = 1]-> C
			A -> orJoin
			B -> orJoin
			C -> orJoin
			orJoin -> T
			T -> end
		`);
		const driver = new Driver(model).start({ a: 1, b: 1, c: 0 }).agree('P').agree('A').agree('B').rollBack('T', 'A');
		expect(driver.marking()).toEqual(['flow:B_orJoin', 'task:A']);
		expect(driver.agree('A').open()).toEqual(['T']);
	});

	it('undoes an inclusive join that fired because a token had left, when that token comes back', () => {
		const driver = new Driver(OR_EXIT).start().agree('P').agree('B', { x: 2 }).agree('W').rollBack('T', 'B');
		expect(driver.marking()).toEqual(['flow:and1_orJ', 'task:B']);
		expect(driver.agree('B', { x: 1 }).open()).toEqual(['W']);
		expect(driver.agree('W').open()).toEqual(['T']);
	});

	it('returns to one occurrence of a node in a loop: later visits are undone, earlier ones stay', () => {
		const driver = new Driver(LOOP).start().agree('P');
		for (const visit of [1, 2, 3]) driver.agree('A', { again: 1, visit });
		driver.agree('A', { again: 0, visit: 4 }).rollBack('T', 'A', 2);
		expect(driver.open()).toEqual(['A']);
		expect(driver.value('visit')).toBe(1);
		expect(driver.task('A').draft).toEqual({ again: 1, visit: 2 });
		const last = driver.log.at(-1);
		expect(last?.type === 'RolledBack' && last.undoneTasks.map(({ node }) => node)).toEqual(['A', 'A', 'A']);
		expect(driver.agree('A', { again: 0 }).open()).toEqual(['T']);
	});

	it('returns to the start: the initiator has a task again, with what was entered', () => {
		const driver = new Driver(LOOP).start({ amount: 5 }).agree('P').rollBack('A', 'start');
		expect(driver.task('start')).toMatchObject({ isStart: true, draft: { amount: 5 } });
		expect(driver.task('start').assignments).toMatchObject([{ user: 'initiator', status: 'pending' }]);
		expect(driver.value('amount')).toBeUndefined();
		expect(driver.agree('start', { amount: 6 }).open()).toEqual(['P']);
		expect(driver.value('amount')).toBe(6);
	});

	it('opens a new task with a new id, for the people who last had it', () => {
		const model = buildModel('start -> A\nA -> T\nT -> end', { tasks: { A: { assignees: users('alpha,beta') } } });
		const driver = new Driver(model).start();
		const before = driver.task('A').id;
		driver.accept({ type: 'transfer-task', task: before, user: 'beta', from: [], to: ['gamma'], opinion: '' });
		driver.agree('A', {}, 'alpha').agree('A', {}, 'gamma').rollBack('T', 'A');
		const reopened = driver.task('A');
		expect(reopened.id).not.toBe(before);
		expect(reopened.assignments.map(({ user, status }) => [user, status])).toEqual([
			['alpha', 'pending'],
			['gamma', 'pending'],
		]);
	});
});

describe('data', () => {
	/** B writes `x`; the other branch decides on it. */
	const READS_ACROSS = buildModel(`
		start -> and1
		and1 -> B
		and1 -> C
		B -> B2
		B2 -> and2
		C -> xor
		xor -[x = 1]-> D
		xor -[default]-> E
		D -> xorEnd
		E -> xorEnd
		xorEnd -> and2
		and2 -> end
	`);

	it('puts variables back to the last kept write', () => {
		const driver = new Driver(TWO_BRANCHES)
			.start({ v: 0 })
			.agree('P', { v: 1 })
			.agree('A1', { v: 2 })
			.agree('B1', { v: 3 });
		driver.rollBack('A2', 'A1');
		expect(driver.value('v')).toBe(3);
		driver.agree('A1', { v: 4 }).rollBack('A2', 'P');
		expect(driver.value('v')).toBe(0);
	});

	it('finds the last kept write below writes that earlier rollbacks undid', () => {
		const model = buildModel(`
			start -> and1
			and1 -> A
			A -> A2
			A2 -> end1
			and1 -> B
			B -> B2
			B2 -> end2
		`);
		const driver = new Driver(model).start({ v: 0 }).agree('A', { v: 1 }).agree('B', { v: 2 });
		driver.rollBack('A2', 'A');
		expect(driver.value('v')).toBe(2);
		driver.rollBack('B2', 'B');
		expect(driver.value('v')).toBe(0);
	});

	it('undoes a decision that read an undone write, and holds it until the target is decided anew', () => {
		const driver = new Driver(READS_ACROSS).start().agree('B', { x: 1 }).agree('C');
		expect(driver.open()).toEqual(['B2', 'D']);
		driver.rollBack('B2', 'B');
		expect(driver.marking()).toEqual(['flow:C_xor', 'task:B']);
		driver.agree('B', { x: 2 });
		expect(driver.open()).toEqual(['B2', 'E']);
	});

	it('passes a hold on to the new target when the task that held it is undone itself', () => {
		const driver = new Driver(READS_ACROSS).start().agree('B', { x: 1 }).agree('C').rollBack('B2', 'B');
		driver.agree('B', { x: 1 }).rollBack('B2', 'B').agree('B', { x: 2 });
		expect(driver.open()).toEqual(['B2', 'E']);
	});

	it('leaves a decision alone that read a kept write', () => {
		const driver = new Driver(READS_ACROSS).start({ x: 1 }).agree('C').agree('B', { y: 1 });
		const untouched = driver.task('D').id;
		driver.rollBack('B2', 'B');
		expect(driver.task('D').id).toBe(untouched);
	});
});

describe('a condition that is kept while what it reads goes back', async () => {
	const comes = (text: string) =>
		`<conditionalEventDefinition><condition>= ${text}</condition></conditionalEventDefinition>`;
	const model = await readModel(
		`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'A', 'A2', 'Q', 'B', 'C')}<endEvent id="end"/>
		<boundaryEvent id="came" attachedToRef="B">${comes('x = 1')}</boundaryEvent>
		<boundaryEvent id="other" attachedToRef="B">${comes('y = 1')}</boundaryEvent>
		${arrows('start -> P, P -> fork, fork -> A, A -> A2, A2 -> end, fork -> Q, Q -> B, B -> end, came -> C, other -> C, C -> end')}`,
	);
	const story = () => new Driver(model).start().agree('P', { x: 1 }).agree('A', { x: 2 }).agree('Q');
	const armed = (driver: Driver, event = 'came') => driver.live.tokens[driver.armed(event)]?.arm;

	it('does not come true by that, and what it waits at is untouched', () => {
		const driver = story();
		const { id } = driver.task('B');
		const other = armed(driver, 'other');
		driver.rollBack('A2', 'A');
		expect([driver.value('x'), driver.open(), driver.task('B').id]).toEqual([1, ['A', 'B'], id]);
		expect(armed(driver, 'other')).toEqual(other);
		expect(driver.agree('A', { z: 1 }).open()).toEqual(['A2', 'B']);
	});

	it('comes true by what is written afterwards', () => {
		expect(story().rollBack('A2', 'A').agree('A', { x: 1 }).open()).toEqual(['A2', 'C']);
	});

	it('is as it was before once the return is taken back, the first or a later one', () => {
		const driver = story();
		for (let time = 1; time <= 2; time++) {
			const { live } = driver;
			driver.rollBack('A2', 'A');
			expect(armed(driver)).toEqual({ kind: 'condition', newerThan: live.nextSeq });
			driver.undoRollback('alpha');
			expect({ ...driver.live, nextSeq: 0 }).toEqual({ ...live, nextSeq: 0 });
			driver.rollBack('A2', 'A').agree('A', { x: 2 });
		}
		expect(driver.open()).toEqual(['A2', 'B']);
	});
});

describe('what is refused', () => {
	const story = () => new Driver(TWO_BRANCHES).start().agree('P').agree('A1');

	it('a task that is not open', () => {
		const driver = story();
		const command = driver.rollBackCommand('A2', 'A1');
		driver.rollBack('A2', 'A1').refuse(command, 'task-not-open');
	});

	it('a user who is not a current assignee', () => {
		const driver = story();
		driver.refuse({ ...driver.rollBackCommand('A2', 'A1'), user: 'someone' }, 'not-an-assignee');
	});

	it('a target that is unknown, not completed, undone, or not in the past', () => {
		const driver = story().agree('B1');
		const command = driver.rollBackCommand('A2', 'A1');
		driver.refuse({ ...command, to: '99' }, 'rollback-point-unknown');
		driver.refuse({ ...command, to: driver.task('A2').id }, 'rollback-point-unknown');
		driver.refuse(driver.rollBackCommand('A2', 'B1'), 'rollback-point-not-in-past');
		driver.rollBack('A2', 'A1').agree('A1');
		driver.refuse({ ...command, task: driver.task('A2').id }, 'rollback-point-undone');
	});

	it.each([
		['none', []],
		['initiator', ['start']],
		['previous', ['A1']],
		['any', ['A1', 'P', 'start']],
	] as const)('what lies outside the range %s', (rollbackRange, allowed) => {
		const driver = new Driver({ ...TWO_BRANCHES, rollbackRange }).start().agree('P').agree('A1');
		for (const to of ['A1', 'P', 'start']) {
			const outcome = driver.try(driver.rollBackCommand('A2', to));
			expect(outcome.kind).toBe((allowed as readonly string[]).includes(to) ? 'accepted' : 'refused');
		}
	});
});

describe('traps that other engines fell into', () => {
	it('no stale token waits at a join after a return to before the fork', () => {
		const driver = new Driver(TWO_BRANCHES).start().agree('P').agree('B1').agree('A1').rollBack('A2', 'P');
		driver.agree('P').agree('A1').agree('A2');
		expect(driver.open()).toEqual(['B1']);
		expect(driver.agree('B1').open()).toEqual(['T']);
	});

	it('from after the join into the branch that was not the last to arrive', () => {
		const driver = new Driver(TWO_BRANCHES).start().agree('P').agree('A1').agree('A2').agree('B1').rollBack('T', 'A1');
		expect(driver.marking()).toEqual(['flow:B1_and2', 'task:A1']);
		expect(driver.agree('A1').agree('A2').open()).toEqual(['T']);
	});

	it('inner return inside nested parallel blocks with an outer task open', () => {
		const model = buildModel(`
			start -> and1
			and1 -> Outer
			and1 -> Q
			Q -> and2
			and2 -> I1
			and2 -> I2
			I1 -> and3
			I2 -> and3
			and3 -> R
			R -> and4
			Outer -> and4
			and4 -> T
			T -> end
		`);
		const driver = new Driver(model).start().agree('Q').agree('I1').agree('I2');
		const outer = driver.task('Outer').id;
		driver.rollBack('R', 'I2');
		expect(driver.marking()).toEqual(['flow:I1_and3', 'task:I2', 'task:Outer']);
		expect(driver.task('Outer').id).toBe(outer);
		expect(driver.agree('I2').agree('R').agree('Outer').agree('T').live.status).toBe('agreed');
	});

	it('votes of an earlier round are not counted again', () => {
		const model = buildModel('start -> A\nA -> T\nT -> end', { tasks: { A: { assignees: users('alpha,beta') } } });
		const driver = new Driver(model).start().agree('A', {}, 'alpha').agree('A', {}, 'beta').rollBack('T', 'A');
		expect(driver.agree('A', {}, 'alpha').open()).toEqual(['A']);
		expect(driver.agree('A', {}, 'beta').open()).toEqual(['T']);
	});

	it('a task with votes discards them when it sends back', () => {
		const model = buildModel('start -> A\nA -> T\nT -> end', { tasks: { T: { assignees: users('alpha,beta') } } });
		const driver = new Driver(model).start().agree('A').agree('T', {}, 'alpha').rollBack('T', 'A').agree('A');
		expect(driver.task('T').assignments.map(({ status }) => status)).toEqual(['pending', 'pending']);
	});
});

describe('a rollback past work that cannot be undone', () => {
	it('names each node of it once, by the flow that it is of', async () => {
		const work = (id: string, name: string) => `<serviceTask id="${id}" name="${name}" sendback:topic="pay"/>`;
		const called = await readModel(
			`<startEvent id="s"/>${work('pay', 'Pay there')}<endEvent id="e"/>${arrows('s -> pay, pay -> e')}`,
		);
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}${work('pay', 'Pay here')}<endEvent id="end"/>
			<callActivity id="call" calledElement="child"/><callActivity id="again" calledElement="child"/>
			${arrows('start -> P, P -> pay, pay -> call, call -> again, again -> T, T -> end')}`,
		);
		const driver = new Driver(model);
		driver.called = { child: called };
		driver.start().agree('P').completeJob('pay').completeJob('pay').completeJob('pay');
		expect(driver.try(driver.rollBackCommand('T', 'P'))).toMatchObject({
			rejection: {
				code: 'rollback-barrier',
				details: { nodes: 'pay pay pay' },
				barriers: [
					{ node: 'pay', name: 'Pay here' },
					{ node: 'pay', name: 'Pay there' },
				],
			},
		});
	});
});
