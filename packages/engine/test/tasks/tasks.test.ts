import { describe, expect, it } from 'vitest';
import type { UserTask } from '../../src/model/process-model.ts';
import { buildModel, users } from '../support/build-model.ts';
import { Driver } from '../support/drive.ts';

function started(task: Partial<UserTask>, groups: Driver['groups'] = {}): Driver {
	return new Driver(buildModel('start -> A\nA -> T\nT -> end', { tasks: { A: task } }), groups).start();
}

function statuses(driver: Driver): string {
	return driver
		.task('A')
		.assignments.map(({ user, status }) => `${user}:${status}`)
		.join(' ');
}

const THREE = users('a,b,c');

describe('decision modes', () => {
	it.each([
		{ mode: 'all', votes: ['a'], gives: 'a:agreed b:pending c:pending' },
		{ mode: 'all', votes: ['a', 'c'], gives: 'a:agreed b:pending c:agreed' },
		{ mode: 'all', votes: ['a', 'c', 'b'], gives: 'done' },
		{ mode: 'first', votes: [], gives: 'a:pending b:pending c:pending' },
		{ mode: 'first', votes: ['b'], gives: 'done' },
		{ mode: 'orderly', votes: [], gives: 'a:pending b:waiting c:waiting' },
		{ mode: 'orderly', votes: ['a'], gives: 'a:agreed b:pending c:waiting' },
		{ mode: 'orderly', votes: ['a', 'b', 'c'], gives: 'done' },
	] as const)('$mode after $votes: $gives', ({ mode, votes, gives }) => {
		const driver = started({ assignees: THREE, mode });
		for (const user of votes) driver.agree('A', {}, user);
		expect(driver.open()).toEqual([gives === 'done' ? 'T' : 'A']);
		if (gives !== 'done') expect(statuses(driver)).toBe(gives);
	});

	it('refuses a vote out of turn, a second vote, and a vote of somebody else', () => {
		const driver = started({ assignees: THREE, mode: 'orderly' }).agree('A', {}, 'a');
		const vote = {
			type: 'decide-task',
			task: driver.task('A').id,
			decision: 'agree',
			opinion: '',
			variables: {},
		} as const;
		driver.refuse({ ...vote, user: 'c' }, 'not-your-turn');
		driver.refuse({ ...vote, user: 'a' }, 'not-an-assignee');
		driver.refuse({ ...vote, user: 'x' }, 'not-an-assignee');
	});

	it('one rejection ends the instance', () => {
		expect(started({ assignees: THREE }).reject('A', {}, 'b').live).toMatchObject({ status: 'rejected', tokens: {} });
	});

	it('with onReject="continue" the decision is a variable and the process goes on', () => {
		const driver = started({ assignees: THREE, onReject: 'continue' }).reject('A', { why: 'no' }, 'b');
		expect(driver.open()).toEqual(['T']);
		expect([driver.value('decision'), driver.value('why')]).toEqual(['reject', 'no']);
		expect(driver.agree('T').live.status).toBe('completed');
	});

	it('what all deciders entered is written when the task completes, and not before', () => {
		const driver = started({ assignees: users('a,b') }).agree('A', { x: 1, y: 1 }, 'a');
		expect(driver.value('x')).toBeUndefined();
		driver.agree('A', { y: 2 }, 'b');
		expect([driver.value('x'), driver.value('y')]).toEqual([1, 2]);
	});
});

describe('assignees', () => {
	it('come from groups, in order and once each', () => {
		const groups = { finance: ['f1', 'a'] };
		const assignees = [...users('a'), { kind: 'group', groups: { kind: 'literal', text: 'finance' } }] as const;
		expect(statuses(started({ assignees }, groups))).toBe('a:pending f1:pending');
	});

	it.each([[[]], [users('')], [[{ kind: 'group', groups: { kind: 'literal', text: 'nobody' } }] as const]])(
		'nobody found: the initiator (%j)',
		(assignees) => {
			expect(statuses(started({ assignees }))).toBe('initiator:pending');
		},
	);

	it('the initiator is who started it, whatever a variable of that name says', () => {
		const tree = { kind: 'path', names: ['initiator'] } as const;
		const text = { kind: 'expression', expression: { language: 'juel', source: 'initiator', tree } } as const;
		const model = buildModel('start -> A\nA -> end', { tasks: { A: { assignees: [{ kind: 'users', users: text }] } } });
		expect(statuses(new Driver(model).start({ initiator: 'someone' }))).toBe('initiator:pending');
	});

	it('can be an expression that gives an id, a number or a list', () => {
		const tree = { kind: 'path', names: ['who'] } as const;
		const text = { kind: 'expression', expression: { language: 'juel', source: 'who', tree } } as const;
		const model = buildModel('start -> A\nA -> end', { tasks: { A: { assignees: [{ kind: 'users', users: text }] } } });
		expect(statuses(new Driver(model).start({ who: ['x', 1002] }))).toBe('x:pending 1002:pending');
	});

	it.each([[true], ['张三'], ['not valid!'], [['x', '$INITIATOR']], [-5], ['x'.repeat(65)]])(
		'are never what no user can be called: %j',
		(who) => {
			const tree = { kind: 'path', names: ['who'] } as const;
			const text = { kind: 'expression', expression: { language: 'juel', source: 'who', tree } } as const;
			const sources = [{ kind: 'users', users: text } as const, { kind: 'group', groups: text } as const];
			for (const source of sources) {
				const model = buildModel('start -> A\nA -> end', { tasks: { A: { assignees: [source] } } });
				new Driver(model).refuse({ type: 'start-instance', initiator: 'i', variables: { who } }, 'assignee-invalid');
			}
		},
	);
});

describe('transfer', () => {
	const transfer = (driver: Driver, user: string, from: string[], to: string[]) =>
		({ type: 'transfer-task', task: driver.task('A').id, user, from, to, opinion: '' }) as const;

	it('takes the place of the old one, also in the order', () => {
		const driver = started({ assignees: THREE, mode: 'orderly' });
		driver.accept(transfer(driver, 'a', [], ['x', 'y']));
		expect(statuses(driver)).toBe('a:transferred b:waiting c:waiting x:pending y:pending');
		driver.agree('A', {}, 'x').agree('A', {}, 'y');
		expect(statuses(driver)).toBe('a:transferred b:pending c:waiting x:agreed y:agreed');
	});

	it('of two turns takes the first, so that nobody waits for whom he is waited for by', () => {
		const driver = started({ assignees: THREE, mode: 'orderly' }, { admin: ['boss'] });
		driver.accept(transfer(driver, 'boss', ['a', 'c'], ['x']));
		expect(statuses(driver)).toBe('a:transferred b:waiting c:transferred x:pending');
		expect(statuses(driver.agree('A', {}, 'x'))).toBe('a:transferred b:pending c:transferred x:agreed');
	});

	it('can come back to somebody who gave it away', () => {
		const driver = started({ assignees: users('a') });
		driver.accept(transfer(driver, 'a', [], ['x'])).accept(transfer(driver, 'x', [], ['a']));
		expect(statuses(driver)).toBe('x:transferred a:pending');
	});

	it('of others is for administrators', () => {
		const driver = started({ assignees: THREE }, { admin: ['boss'] });
		driver.refuse(transfer(driver, 'b', ['a'], ['x']), 'not-permitted');
		driver.accept(transfer(driver, 'boss', ['a'], ['x']));
		expect(statuses(driver)).toBe('a:transferred b:pending c:pending x:pending');
	});

	it.each([
		[['a'], [], 'nobody-given'],
		[['a'], ['unknown1'], 'user-unknown'],
		[['a'], ['b'], 'already-an-assignee'],
		[['a'], ['a'], 'already-an-assignee'],
		[['z'], ['x'], 'not-an-assignee'],
	] as const)('from %j to %j is refused: %s', (from, to, code) => {
		const driver = started({ assignees: THREE });
		driver.refuse(transfer(driver, 'a', [...from], [...to]), code);
	});
});

describe('add assignee', () => {
	const add = (driver: Driver, user: string, position: 'beside' | 'after', names: string[]) =>
		({ type: 'add-assignees', task: driver.task('A').id, user, users: names, position, opinion: '' }) as const;

	it.each([
		['all', 'beside', ['x'], 'a:pending x:pending b:pending', ['a', 'b', 'x']],
		['all', 'after', ['x'], 'a:pending x:waiting b:pending', ['b', 'a', 'x']],
		['orderly', 'beside', ['x'], 'a:pending x:pending b:waiting', ['x', 'a', 'b']],
		['orderly', 'after', ['x'], 'a:pending x:waiting b:waiting', ['a', 'x', 'b']],
		['first', 'beside', ['x'], 'a:pending x:pending b:pending', ['x']],
		['first', 'after', ['x'], 'a:pending x:waiting b:pending', ['a', 'x']],
		['first', 'after', ['x'], 'a:pending x:waiting b:pending', ['b']],
	] as const)('%s, %s: %j → %s; done after %j', (mode, position, names, then, votes) => {
		const driver = started({ assignees: users('a,b'), mode });
		driver.accept(add(driver, 'a', position, [...names]));
		expect(statuses(driver)).toBe(then);
		for (const user of votes) {
			expect(driver.open()).toEqual(['A']);
			driver.agree('A', {}, user);
		}
		expect(driver.open()).toEqual(['T']);
	});

	it.each([
		['beside', 'x:pending a:pending'],
		['after', 'x:pending a:waiting'],
	] as const)('may be somebody who transferred his part away, %s', (position, then) => {
		const driver = started({ assignees: users('a') });
		driver.accept({ type: 'transfer-task', task: driver.task('A').id, user: 'a', from: [], to: ['x'], opinion: '' });
		expect(statuses(driver.accept(add(driver, 'x', position, ['a'])))).toBe(then);
		expect(driver.agree('A', {}, 'x').agree('A', {}, 'a').open()).toEqual(['T']);
	});

	it('of one who has to wait for somebody left out: it is his turn', () => {
		const driver = started({ assignees: users('a,b'), mode: 'first' });
		driver.accept(add(driver, 'a', 'after', ['d'])).accept(add(driver, 'a', 'beside', ['g']));
		driver.accept({
			type: 'transfer-task',
			task: driver.task('A').id,
			user: 'a',
			from: [],
			to: ['x', 'y'],
			opinion: '',
		});
		expect(statuses(driver.agree('A', {}, 'x'))).toContain('d:pending');
		expect(driver.agree('A', {}, 'd').open()).toEqual(['T']);
	});

	it('behind each other by many ways can be transferred', () => {
		const driver = started({ assignees: users('a') }, { admin: ['boss'] });
		driver.accept(add(driver, 'a', 'after', ['l0', 'r0']));
		for (let index = 0; index < 40; index++) {
			driver.accept(add(driver, 'a', 'after', [`l${index + 1}`, `r${index + 1}`]));
		}
		driver.accept({
			type: 'transfer-task',
			task: driver.task('A').id,
			user: 'boss',
			from: ['l0'],
			to: ['z'],
			opinion: '',
		});
		expect(statuses(driver)).toContain('z:waiting');
	});

	it('is for those whose turn it is, and for users who have no part yet', () => {
		const driver = started({ assignees: THREE, mode: 'orderly' });
		driver.refuse(add(driver, 'b', 'after', ['x']), 'not-your-turn');
		driver.refuse(add(driver, 'a', 'after', ['b']), 'already-an-assignee');
		driver.refuse(add(driver, 'a', 'after', ['unknown1']), 'user-unknown');
		driver.refuse(add(driver, 'a', 'after', []), 'nobody-given');
	});
});

describe('cc, urge, chat group, cancel', () => {
	it('are for those who have to do with the task', () => {
		const driver = started({ assignees: users('a') }, { admin: ['boss'] });
		const { id: task } = driver.task('A');
		for (const user of ['a', 'initiator', 'boss']) {
			driver.accept({ type: 'copy-task', task, user, users: ['x'] });
			driver.accept({ type: 'urge-task', task, user, users: ['a'], opinion: '' });
			driver.accept({ type: 'link-chat-group', task, user, chat: 'c', name: 'n', users: [] });
		}
		driver.refuse({ type: 'copy-task', task, user: 'x', users: ['y'] }, 'not-permitted');
		driver.refuse({ type: 'urge-task', task, user: 'a', users: ['x'], opinion: '' }, 'not-an-assignee');
	});

	it('cancel ends everything, by the initiator or an administrator', () => {
		const driver = started({ assignees: users('a') }, { admin: ['boss'] });
		driver.refuse({ type: 'cancel-instance', user: 'a', opinion: '' }, 'not-permitted');
		const { id: task } = driver.task('A');
		driver.accept({ type: 'cancel-instance', user: 'initiator', opinion: 'no need' });
		expect(driver.live).toMatchObject({ status: 'canceled', tasks: {}, tokens: {} });
		driver.refuse({ type: 'urge-task', task, user: 'a', users: ['a'], opinion: '' }, 'instance-not-open');
	});
});
