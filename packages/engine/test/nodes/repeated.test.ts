import { describe, expect, it } from 'vitest';
import { rollbackPoints } from '../../src/causality/points.ts';
import { openTask } from '../../src/open-tasks.ts';
import { questionKey } from '../../src/questions.ts';
import type { TaskId } from '../../src/terms.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const EACH = 'camunda:collection="people" camunda:elementVariable="person"';
/** What opens beside it ends at once. */
const ENDS = `<endEvent id="stop"><terminateEventDefinition/></endEvent>${arrows('g -> stop')}`;
const people = ['ann', 'ben', 'cid'];

/** M for each of `people`. */
function signed(how: string, completionCondition = '') {
	const early = completionCondition && `<completionCondition>${completionCondition}</completionCondition>`;
	const loop = `<multiInstanceLoopCharacteristics ${how} ${EACH}>${early}</multiInstanceLoopCharacteristics>`;
	return `<userTask id="M" camunda:assignee="\${person}">${loop}</userTask>`;
}

/** P, then M for each of `people`, then T. */
function signatures(how: string, completionCondition = '') {
	return readModel(`
		<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>${signed(how, completionCondition)}
		${arrows('start -> P, P -> M, M -> T, T -> end')}`);
}

function sign(driver: Driver, user: string): Driver {
	const task = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === user);
	const vote = { user, decision: 'agree', opinion: '', variables: { [`by_${user}`]: true } } as const;
	return driver.accept({ type: 'decide-task', task: task?.id ?? 'none', ...vote });
}

function holders(driver: Driver): string[] {
	return Object.values(driver.live.tasks).flatMap(({ assignments }) => assignments.map(({ user }) => user));
}

function sendBack(driver: Driver, to: TaskId, resume: 'replay' | 'direct' = 'replay'): Driver {
	const { id: task } = driver.task('T');
	return driver.accept({ type: 'roll-back', rollback: 'r', task, user: 'alpha', to, opinion: '', resume });
}

describe('a repeated task', () => {
	it('in parallel opens one task for each, and ends when all are decided', async () => {
		const driver = new Driver(await signatures('')).start({ people }).agree('P');
		expect(holders(driver)).toEqual(people);
		sign(sign(driver, 'ben'), 'ann');
		expect(holders(driver)).toEqual(['cid']);
		expect(sign(driver, 'cid').open()).toEqual(['T']);
		expect(Object.keys(driver.live.scopes)).toEqual(['0']);
	});

	it('in order opens one after the other', async () => {
		const driver = new Driver(await signatures('isSequential="true"')).start({ people }).agree('P');
		for (const person of people) {
			expect(holders(driver)).toEqual([person]);
			sign(driver, person);
		}
		expect(driver.open()).toEqual(['T']);
	});

	it('ends early when its completion condition holds', async () => {
		const model = await signatures('', '${nrOfCompletedInstances/nrOfInstances >= 0.5}');
		const driver = new Driver(model).start({ people }).agree('P');
		expect(sign(driver, 'ann').open()).toEqual(['M', 'M']);
		expect(sign(driver, 'cid').open()).toEqual(['T']);
	});

	it.each([
		['the element', 'in parallel', '', '${person == "ben"}'],
		['the number', 'in parallel', '', '${loopCounter == 1}'],
		['the element', 'in order', 'isSequential="true"', '= person = "ben"'],
		['the number', 'in order', 'isSequential="true"', '= loopCounter = 1'],
	])('%s of the run that completes is known to its completion condition, %s', async (_what, _order, how, condition) => {
		const driver = sign(new Driver(await signatures(how, condition)).start({ people }).agree('P'), 'ann');
		expect(driver.open()).not.toContain('T');
		expect(sign(driver, 'ben').open()).toEqual(['T']);
	});

	it('knows an element that is null as that, whatever a variable of its name is', async () => {
		const each = 'isSequential="true" camunda:collection="items" camunda:elementVariable="item"';
		const model = await readModel(`
			<startEvent id="start"/><scriptTask id="M" scriptFormat="feel" sendback:resultVariable="sum"><script>sum + 1</script>
			<multiInstanceLoopCharacteristics ${each}><completionCondition>= item = null</completionCondition></multiInstanceLoopCharacteristics>
			</scriptTask>${userTasks('T')}<endEvent id="end"/>${arrows('start -> M, M -> T, T -> end')}`);
		expect(new Driver(model).start({ sum: 0, items: [null, 1], item: 7 }).value('sum')).toBe(1);
	});

	it('whose run is undone that its completion condition named goes on, and ends with that again', async () => {
		const driver = new Driver(await signatures('', '${person == "ben"}')).start({ people }).agree('P');
		const ben = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === 'ben')?.id ?? '';
		sendBack(sign(driver, 'ben'), ben);
		expect(holders(sign(driver, 'ann'))).toEqual(['ben', 'cid']);
		expect(sign(driver, 'ben').open()).toEqual(['T']);
	});

	it('of runs in runs has the completion condition of the inner ones know their own number', async () => {
		const outer =
			'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>';
		const model = await readModel(`
			<startEvent id="start"/><subProcess id="sub">${outer}<startEvent id="s"/>${signed('', '${loopCounter == 1}')}<endEvent id="e"/>
			${arrows('s -> M, M -> e')}</subProcess>${userTasks('T')}<endEvent id="end"/>${arrows('start -> sub, sub -> T, T -> end')}`);
		const driver = sign(new Driver(model).start({ people }), 'ben');
		expect(holders(driver)).toEqual(people);
		expect(holders(sign(driver, 'ann'))).toEqual(['ben', 'cid']);
		expect(sign(driver, 'ben').open()).toEqual(['T']);
	});

	it('looks at its completion condition when a run completes, and at no other time', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('T', 'A')}<endEvent id="end"/><parallelGateway id="fork"/><endEvent id="aEnd"/>
			<userTask id="M" camunda:assignee="\${person}"><multiInstanceLoopCharacteristics ${EACH}>
				<completionCondition>\${enough}</completionCondition></multiInstanceLoopCharacteristics></userTask>
			${arrows('start -> fork, fork -> M, fork -> A, A -> aEnd, M -> T, T -> end')}`,
		);
		const driver = sign(new Driver(model).start({ people, enough: false }), 'ann').agree('A', { enough: true });
		expect(driver.open()).toEqual(['M', 'M']);
		expect(sign(driver, 'ben').open()).toEqual(['T']);
	});

	it('whose end is undone waits for what it read, and then looks again', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('T', 'A', 'B')}<endEvent id="end"/><parallelGateway id="fork"/><endEvent id="bEnd"/>
			<userTask id="M" camunda:assignee="\${person}"><multiInstanceLoopCharacteristics ${EACH}>
				<completionCondition>\${enough}</completionCondition></multiInstanceLoopCharacteristics></userTask>
			${arrows('start -> fork, fork -> M, fork -> A, A -> B, B -> bEnd, M -> T, T -> end')}`,
		);
		const story = () =>
			sign(new Driver(model).start({ people }).agree('A', { enough: true }), 'ann').rollBack('B', 'A');
		expect(story().open()).toEqual(['A', 'M', 'M']);
		expect(story().agree('A', { enough: true }).open()).toEqual(['B', 'T']);
		expect(story().agree('A', { enough: false }).open()).toEqual(['B', 'M', 'M']);
	});

	it('a return to one signature is not ended at once by the one that had ended all', async () => {
		const driver = new Driver(await signatures('', '${enough}')).start({ people, enough: false }).agree('P');
		const ann = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === 'ann')?.id ?? '';
		sign(driver, 'ann');
		const ben = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === 'ben')?.id ?? '';
		driver.accept({
			type: 'decide-task',
			task: ben,
			user: 'ben',
			decision: 'agree',
			opinion: '',
			variables: { enough: true },
		});
		expect(driver.open()).toEqual(['T']);
		expect(holders(sendBack(driver, ann)).sort()).toEqual(['ann', 'cid']);
		expect(sign(driver, 'ann').open()).toEqual(['T']);
	});

	it.each(['', 'isSequential="true"'])('runs not at all for an empty list %s', async (how) => {
		expect(new Driver(await signatures(how)).start({ people: [] }).agree('P').open()).toEqual(['T']);
	});

	it('refuses what is no list', async () => {
		const driver = new Driver(await signatures('')).start({ people: 5 });
		const vote = { type: 'decide-task', user: 'alpha', decision: 'agree', opinion: '', variables: {} } as const;
		driver.refuse({ ...vote, task: driver.task('P').id }, 'loop-invalid');
	});

	it('counts its runs itself, whatever somebody enters', async () => {
		const driver = new Driver(await signatures('', '${nrOfCompletedInstances >= 2}')).start({ people }).agree('P');
		const ann = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === 'ann')?.id ?? '';
		const vote = { type: 'decide-task', task: ann, user: 'ann', decision: 'agree', opinion: '' } as const;
		expect(driver.accept({ ...vote, variables: { nrOfCompletedInstances: 5 } }).open()).toEqual(['M', 'M']);
	});

	it.each([[null], [''], [true], [[2]], ['two'], [1.5]])('refuses %j as the number of its runs', async (runs) => {
		const loop =
			'<multiInstanceLoopCharacteristics><loopCardinality>${runs}</loopCardinality></multiInstanceLoopCharacteristics>';
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P')}<userTask id="M" camunda:assignee="ann">${loop}</userTask><endEvent id="end"/>
			${arrows('start -> P, P -> M, M -> end')}`,
		);
		const driver = new Driver(model).start({ runs });
		const vote = { type: 'decide-task', user: 'alpha', decision: 'agree', opinion: '', variables: {} } as const;
		driver.refuse({ ...vote, task: driver.task('P').id }, 'loop-invalid');
	});

	it('a return to one signature undoes that one only, and revives what an early end had closed', async () => {
		const driver = new Driver(await signatures('', '${nrOfCompletedInstances >= 2}')).start({ people }).agree('P');
		const cid = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === 'cid')?.id ?? '';
		sign(sign(driver, 'ann'), 'ben');
		sendBack(driver, driver.completed('M'));
		expect(holders(driver).sort()).toEqual(['ben', 'cid']);
		expect(openTask(driver.live, cid)).toBeDefined();
		expect(driver.value('by_ann')).toBe(true);
		expect(sign(driver, 'cid').open()).toEqual(['T']);
	});

	it.each([
		['in parallel', '', people],
		['in order', 'isSequential="true"', ['ann']],
	])('a return to it as a whole, %s, reopens it for all', async (_name, how, then) => {
		const driver = new Driver(await signatures(how)).start({ people }).agree('P');
		for (const person of people) sign(driver, person);
		const past = driver.live.tokens[driver.task('T').token]?.past;
		sendBack(driver, past?.find(({ node }) => node === 'M')?.task ?? '');
		expect(holders(driver)).toEqual(then);
		expect(driver.value('by_ann')).toBeUndefined();
		for (const person of people) sign(driver, person);
		expect(driver.open()).toEqual(['T']);
	});

	it('as a whole takes no more room after a return to it than before, for hundreds of people', async () => {
		const model = await signatures('', '${nrOfCompletedInstances >= 300}');
		const many = Array.from({ length: 300 }, (_, index) => `user${index}`);
		const driver = new Driver(model).start({ people: many }).agree('P');
		const before = JSON.stringify(driver.live).length;
		driver.checkInvariants = () => {};
		for (const user of many) sign(driver, user);
		const past = driver.live.tokens[driver.task('T').token]?.past;
		sendBack(driver, past?.find(({ node }) => node === 'M')?.task ?? '');
		expect(driver.open()).toHaveLength(300);
		expect(JSON.stringify(driver.live).length / before).toBeLessThan(1.5);
	});

	it.each([
		['in parallel', '', people.slice(1)],
		['in order', 'isSequential="true"', people.slice(1, 2)],
	])(
		'a direct return to it as a whole, %s, decides nothing in the name of the other people',
		async (_name, how, then) => {
			const driver = new Driver(await signatures(how)).start({ people }).agree('P');
			for (const person of people) sign(driver, person);
			const past = driver.live.tokens[driver.task('T').token]?.past;
			sendBack(driver, past?.find(({ node }) => node === 'M')?.task ?? '', 'direct');
			const [first, ...others] = people;
			sign(driver, first ?? '');
			expect(holders(driver)).toEqual(then);
			for (const person of others) sign(driver, person);
			expect(driver.open()).toEqual(['T']);
		},
	);

	describe('a direct return to it as a whole', () => {
		const before = async (how: string, signers: readonly string[], condition = '') => {
			const model = await readModel(
				`<startEvent id="start"/>${userTasks('P', 'T')}${signed(how, condition)}<endEvent id="end"/>
				<userTask id="A" camunda:assignee="\${boss}"/>${arrows('start -> P, P -> M, M -> A, A -> T, T -> end')}`,
			);
			const driver = sign(new Driver(model).start({ people }).agree('P'), ...signers).agree('A');
			const past = driver.live.tokens[driver.task('T').token]?.past;
			return sendBack(driver, past?.find(({ node }) => node === 'M')?.task ?? '', 'direct');
		};
		const sign = (driver: Driver, ...signers: readonly string[]) =>
			signers.reduce((signed, user) => {
				const task = Object.values(signed.live.tasks).find(({ assignments }) => assignments[0]?.user === user);
				const vote = { user, decision: 'agree', opinion: '', variables: { boss: 'eve' } } as const;
				return signed.accept({ type: 'decide-task', task: task?.id ?? 'none', ...vote });
			}, driver);
		const resumed = ({ log }: Driver) =>
			log.flatMap((event) =>
				event.type === 'Resumed' ? [{ kept: event.kept.map(({ node }) => node), stopped: event.stopped }] : [],
			);

		it.each([
			['all', people, ''],
			['as many as are enough', people.slice(0, 2), '= nrOfCompletedInstances >= 2'],
			['one, who is enough', people.slice(1, 2), '= nrOfCompletedInstances >= 1'],
		])('in parallel comes back when %s have decided, in whatever order', async (_, signers, condition) => {
			for (const again of [signers, [...signers].reverse()]) {
				const driver = sign(await before('', signers, condition), ...again.slice(0, -1));
				expect(resumed(driver)).toEqual([]);
				sign(driver, ...again.slice(-1));
				expect([driver.open(), resumed(driver)]).toEqual([['T'], [{ kept: ['A'], stopped: null }]]);
			}
		});

		it('in parallel does not come back where fewer than those who were asked again are enough', async () => {
			const driver = sign(await before('', people.slice(0, 2), '= nrOfCompletedInstances >= 2'), 'ann', 'cid');
			expect([driver.open(), resumed(driver)]).toEqual([['A'], []]);
		});

		it('in order does not come back', async () => {
			const driver = sign(await before('isSequential="true"', people), 'ann', 'ben', 'cid');
			expect(driver.open()).toEqual(['A']);
			expect(resumed(driver)).toEqual([{ kept: [], stopped: { node: 'M', reason: 'token-used' } }]);
		});
	});

	it('what waits for it as a whole waits for all of its people', async () => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('T', 'C', 'D1', 'D2')}${signed('')}
			<exclusiveGateway id="G" default="no"/><sequenceFlow id="no" sourceRef="G" targetRef="D2"/>
			<endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
			${arrows('start -> fork, fork -> M, M -> T, T -> e1, fork -> C, C -> G, G -[by_ben]-> D1, D1 -> e2, D2 -> e3')}`,
		);
		const driver = new Driver(model).start({ people: ['ann', 'ben'], by_ben: false });
		sign(sign(driver, 'ann'), 'ben').agree('C');
		expect(driver.open()).toEqual(['D1', 'T']);
		const past = driver.live.tokens[driver.task('T').token]?.past;
		sendBack(driver, past?.find(({ node }) => node === 'M')?.task ?? '');
		expect(sign(driver, 'ann').open()).toEqual(['M']);
		expect(sign(driver, 'ben').open()).toEqual(['D1', 'T']);
	});

	it.each(['', 'isSequential="true"'])('a direct return to before it asks the people of a new list %s', async (how) => {
		const driver = new Driver(await signatures(how)).start({ people: ['ann', 'ben'] }).agree('P');
		sign(sign(driver, 'ann'), 'ben')
			.rollBackDirect('T', 'P')
			.agree('P', { people: ['cid', 'dan'] });
		expect(driver.open()).not.toContain('T');
		expect(sign(sign(driver, 'cid'), 'dan').open()).toEqual(['T']);
	});
});

describe('a repeated task that nobody decides', () => {
	const several = (how: string) =>
		`<multiInstanceLoopCharacteristics ${how}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`;
	const model = (task: string) =>
		readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>${task}${arrows('start -> P, P -> M, M -> T, T -> end')}`,
			'<message id="m" name="go"/>',
		);

	it.each(['', 'isSequential="true"'])('computes in each run %s', async (how) => {
		const script = `<script>sum + loopCounter</script>${several(how)}`;
		const driver = new Driver(
			await model(`<scriptTask id="M" scriptFormat="feel" sendback:resultVariable="sum">${script}</scriptTask>`),
		);
		driver.start({ sum: 10 }).agree('P');
		expect([driver.open(), driver.value('sum')]).toEqual([['T'], 13]);
		driver.rollBack('T', 'P');
		expect([driver.open(), driver.value('sum')]).toEqual([['P'], 10]);
	});

	it.each(['', 'isSequential="true"'])('throws its message in each run %s', async (how) => {
		const driver = new Driver(await model(`<sendTask id="M" messageRef="m">${several(how)}</sendTask>`));
		driver.start().agree('P');
		const thrown = driver.log.flatMap((event) => (event.type === 'NodeFired' ? (event.effects ?? []) : []));
		expect([driver.open(), thrown]).toEqual([['T'], Array(3).fill({ kind: 'throw-message', name: 'go' })]);
	});

	it('waits for its message in each run', async () => {
		const driver = new Driver(await model(`<receiveTask id="M" messageRef="m">${several('')}</receiveTask>`));
		driver.start().agree('P').trigger('M').trigger('M');
		expect(driver.open()).toEqual([]);
		expect(driver.trigger('M').open()).toEqual(['T']);
	});

	it('is done again by a direct return', async () => {
		const script = `<script>loopCounter</script>${several('')}`;
		const task = `<scriptTask id="M" scriptFormat="feel" sendback:resultVariable="last">${script}</scriptTask>`;
		const driver = new Driver(await model(task)).start().agree('P').rollBackDirect('T', 'P').agree('P');
		expect(driver.log.at(-1)).toMatchObject({ type: 'Resumed', stopped: null });
		expect(driver.open()).toEqual(['T']);
	});
});

describe('a repeated subprocess', () => {
	it('has its own tokens in each run', async () => {
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('T')}<endEvent id="end"/>
			<subProcess id="sub">
				<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>
				<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/>${userTasks('A', 'B', 'C')}<endEvent id="e"/>
				${arrows('s -> fork, fork -> A, fork -> B, A -> join, B -> join, join -> C, C -> e')}
			</subProcess>
			${arrows('start -> sub, sub -> T, T -> end')}`);
		const driver = new Driver(model).start();
		expect(driver.open()).toEqual(['A', 'A', 'B', 'B']);
		const tasks = Object.values(driver.live.tasks);
		const scope = tasks.find(({ node }) => node === 'A')?.scope;
		for (const { id: task } of tasks.filter((one) => one.scope === scope)) {
			driver.accept({ type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
		}
		expect(driver.open()).toEqual(['A', 'B', 'C']);
	});

	it.each([
		['9 times 1000 tasks', 9, '', 'accepted'],
		['10 times 1000 tasks: more tokens than an instance may have', 10, '', 'token-limit'],
		['10 times 1000 tasks, each thousand ended by an event: more ids than a command may take', 10, ENDS, 'task-limit'],
	])('%s', async (_, runs, events, expected) => {
		const times = (count: number, how = '') =>
			`<multiInstanceLoopCharacteristics ${how}><loopCardinality>${count}</loopCardinality></multiInstanceLoopCharacteristics>`;
		const model = await readModel(`
			<startEvent id="start"/><endEvent id="end"/>
			<subProcess id="sub">
				${times(runs, events === '' ? '' : 'isSequential="true"')}<startEvent id="s"/><parallelGateway id="g"/>
				<userTask id="M" camunda:assignee="alpha">${times(1000)}</userTask><endEvent id="e"/>
				${arrows('s -> g, g -> M, M -> e')}${events}
			</subProcess>
			${arrows('start -> sub, sub -> end')}`);
		const outcome = new Driver(model).try({ type: 'start-instance', initiator: 'alpha', variables: {} });
		expect(outcome.kind === 'refused' ? outcome.rejection.code : outcome.kind).toBe(expected);
	});
});

describe('a standard loop', () => {
	it('repeats while its condition holds', async () => {
		const again = '<standardLoopCharacteristics><loopCondition>= again</loopCondition></standardLoopCharacteristics>';
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('T')}<endEvent id="end"/>
			<userTask id="M" camunda:assignee="alpha">${again}</userTask>${arrows('start -> M, M -> T, T -> end')}`);
		const driver = new Driver(model).start({ again: true }).agree('M').agree('M');
		expect(driver.open()).toEqual(['M']);
		expect(driver.agree('M', { again: false }).open()).toEqual(['T']);
	});
});

describe('the condition of a standard loop', () => {
	const loop = (testBefore: boolean, condition: string) =>
		`<standardLoopCharacteristics testBefore="${testBefore}"><loopCondition>${condition}</loopCondition></standardLoopCharacteristics>`;
	const model = (repeated: string) =>
		readModel(`<startEvent id="start"/>${repeated}<endEvent id="end"/>${arrows('start -> M, M -> end')}`);
	const list = (inside: string) =>
		`<scriptTask id="M" scriptFormat="feel" sendback:resultVariable="seen"><script>seen * 10 + loopCounter</script>${inside}</scriptTask>`;

	it.each([
		[false, '= loopCounter &lt; 3', 1012],
		[true, '= loopCounter &lt; 3', 1012],
		[true, '${loopCounter &lt; 3}', 1012],
		[false, '= loopCounter &lt; 0', 10],
		[true, '= loopCounter &lt; 0', 1],
	])('with testBefore="%s", %s, knows how many runs there were', async (testBefore, condition, seen) => {
		const driver = new Driver(await model(list(loop(testBefore, condition)))).start({ seen: 1 });
		expect(driver.value('seen')).toBe(seen);
	});

	it('knows it in the whole of FEEL too', async () => {
		const driver = new Driver(await model(list(loop(true, '= count([loopCounter]) = 1'))));
		const asked: unknown[] = [];
		driver.answer = (question) => {
			if (question.kind !== 'evaluate') return Driver.prototype.answer.call(driver, question);
			asked.push(question.variables);
			return { kind: 'evaluate', result: { ok: true, value: asked.length < 3 } };
		};
		driver.start({ seen: 1 });
		expect([asked, driver.value('seen')]).toEqual([[{ loopCounter: 0 }, { loopCounter: 1 }, { loopCounter: 2 }], 101]);
	});

	it('counts its own runs inside of those of another', async () => {
		const inner = list(loop(true, '= loopCounter &lt; 2'));
		const outer = `<subProcess id="sub">${loop(false, '= loopCounter &lt; 2')}<startEvent id="s"/>${inner}<endEvent id="e"/>
			${arrows('s -> M, M -> e')}</subProcess>`;
		const both = await readModel(
			`<startEvent id="start"/>${outer}<endEvent id="end"/>${arrows('start -> sub, sub -> end')}`,
		);
		const driver = new Driver(both).start({ seen: 1 });
		expect(driver.value('seen')).toBe(10101);
	});

	it('counts again after a return to an earlier run', async () => {
		const task = `<userTask id="M" camunda:assignee="alpha">${loop(false, '= loopCounter &lt; 3')}</userTask>`;
		const driver = new Driver(await model(task)).start().agree('M').agree('M').rollBack('M', 'M', 1);
		expect(driver.agree('M').agree('M').open()).toEqual(['M']);
		expect(driver.agree('M').live.status).toBe('agreed');
	});
});

describe('a standard loop with a reminder', () => {
	it('is not ended by its condition while a run is open', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('T', 'R')}<endEvent id="end"/><endEvent id="rEnd"/>
			<userTask id="M" camunda:assignee="alpha">
				<standardLoopCharacteristics><loopCondition>= again</loopCondition></standardLoopCharacteristics>
			</userTask>
			<boundaryEvent id="remind" attachedToRef="M" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent>
			${arrows('start -> M, M -> T, T -> end, remind -> R, R -> rEnd')}`,
			'<message id="m" name="remind"/>',
		);
		const driver = new Driver(model).start({ again: true }).agree('M').trigger('remind', { again: false });
		expect(driver.open()).toEqual(['M', 'R']);
		expect(driver.agree('M').open()).toEqual(['R', 'T']);
	});
});

describe('a call activity', () => {
	const called = readModel(
		`<startEvent id="start"/>${userTasks('C1', 'C2')}<endEvent id="end"/>${arrows('start -> C1, C1 -> C2, C2 -> end')}`,
	);
	const caller = readModel(`
		<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
		<callActivity id="call" calledElement="child"><extensionElements>
			<camunda:in source="amount" target="sum"/><camunda:out source="verdict" target="result"/>
		</extensionElements></callActivity>
		${arrows('start -> P, P -> call, call -> T, T -> end')}`);
	const BEHIND = ['call child/C2', 'call child/C1', 'P', 'start'];
	const story = async () => {
		const driver = new Driver(await caller);
		driver.called = { child: await called };
		return driver.start({ amount: 3 }).agree('P');
	};

	it('runs another flow with the variables it is given, and gives back what it is asked for', async () => {
		const driver = await story();
		expect(driver.open()).toEqual(['C1']);
		expect(driver.live.scopes[driver.task('C1').scope]?.variables).toMatchObject({ sum: { value: 3 } });
		driver.agree('C1', { verdict: 'fine', secret: 1 }).agree('C2');
		expect(driver.open()).toEqual(['T']);
		expect([driver.value('result'), driver.value('secret'), driver.value('sum')]).toEqual([
			'fine',
			undefined,
			undefined,
		]);
	});

	it('is canceled by a return to before it, and reopened by a return into it', async () => {
		const driver = (await story()).agree('C1').agree('C2').rollBack('T', 'C2');
		expect(driver.open()).toEqual(['C2']);
		expect(driver.agree('C2').rollBack('T', 'P').marking()).toEqual(['task:P']);
	});

	it('from inside only its own points can be returned to', async () => {
		const driver = (await story()).agree('C1');
		driver.refuse(driver.rollBackCommand('C2', 'P'), 'rollback-point-not-in-past');
		expect(pointsOf(driver, 'C2')).toEqual(['call child/C1']);
		expect(driver.rollBack('C2', 'C1').open()).toEqual(['C1']);
	});

	it('leaves what was decided in it among the points behind it, also after a direct return into it', async () => {
		const driver = (await story()).agree('C1').agree('C2');
		expect(pointsOf(driver, 'T')).toEqual(BEHIND);
		expect(pointsOf(driver, 'T', true)).toEqual(['call child/C2']);
		const before = driver.live;
		const sender = driver.task('T').assignments[0]?.user ?? '';
		driver.rollBackDirect('T', 'C1').undoRollback(sender);
		expect(driver.live).toEqual({ ...before, nextSeq: driver.live.nextSeq });
		expect(driver.rollBackDirect('T', 'C1').agree('C1').open()).toEqual(['T']);
		expect(pointsOf(driver, 'T')).toEqual(BEHIND);
		expect(driver.rollBackDirect('T', 'P').agree('P').open()).toEqual(['T']);
		expect(pointsOf(driver, 'T')).toEqual(BEHIND);
	});

	it('keeps its nodes apart from those of the same id around it, in another call of the flow, and in itself', async () => {
		const child = await readModel(
			`<startEvent id="start"/>${userTasks('P')}<endEvent id="end"/>${arrows('start -> P, P -> end')}`,
		);
		const nested = await readModel(`
			<startEvent id="start"/>${userTasks('P')}<endEvent id="end"/><callActivity id="call" calledElement="child"/>
			${arrows('start -> P, P -> call, call -> end')}`);
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
			<callActivity id="one" calledElement="child"/><callActivity id="two" calledElement="nested"/>
			${arrows('start -> P, P -> one, one -> two, two -> T, T -> end')}`);
		const driver = new Driver(model);
		driver.called = { child, nested };
		driver.start().agree('P').agree('P').agree('P');
		expect(pointsOf(driver, 'P')).toEqual([]);
		driver.agree('P');
		expect(pointsOf(driver, 'T')).toEqual(['two nested/call child/P', 'two nested/P', 'one child/P', 'P', 'start']);
	});

	it('that an event interrupts leaves what was decided in it beside what was decided before it', async () => {
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('C1', 'Late')}<endEvent id="end"/><endEvent id="lateEnd"/>
			<callActivity id="call" calledElement="child"/>
			<boundaryEvent id="late" attachedToRef="call"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
			${arrows('start -> C1, C1 -> call, call -> end, late -> Late, Late -> lateEnd')}`);
		const driver = new Driver(model);
		driver.called = { child: await called };
		driver.start().agree('C1').agree('C1').trigger('late');
		expect(pointsOf(driver, 'Late')).toEqual(['call child/C1', 'C1', 'start']);
		expect(pointsOf(driver, 'Late', true)).toEqual(['call child/C1']);
	});

	it('decides how the instance ends by what was decided in it', async () => {
		const model = await readModel(`
			<startEvent id="start"/><endEvent id="end"/><parallelGateway id="fork"/><parallelGateway id="join"/>
			<callActivity id="one" calledElement="child"/><callActivity id="two" calledElement="child"/>
			${arrows('start -> fork, fork -> one, fork -> two, one -> join, two -> join, join -> end')}`);
		const child = await readModel(
			`<startEvent id="start"/><userTask id="C" sendback:assignees="cara" sendback:onReject="continue"/><endEvent id="end"/>${arrows('start -> C, C -> end')}`,
		);
		const statusAfter = (first: 'agree' | 'reject', second: 'agree' | 'reject') => {
			const driver = new Driver(model);
			driver.called = { child };
			driver.start();
			const tasks = Object.values(driver.live.tasks).map(({ id }) => id);
			const vote = { type: 'decide-task', user: 'cara', opinion: '', variables: {} } as const;
			[first, second].forEach((decision, index) => {
				driver.accept({ ...vote, task: tasks[index] ?? '', decision });
			});
			return driver.live.status;
		};
		expect(statusAfter('agree', 'agree')).toBe('agreed');
		expect(statusAfter('reject', 'agree')).toBe('completed');
	});

	it('of a flow that only events start is refused, and of one that they start too begins at the other start', async () => {
		const event = '<startEvent id="hourly"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>';
		const timed = `${event}</startEvent>${userTasks('C1')}<endEvent id="end"/>${arrows('hourly -> C1, C1 -> end')}`;
		const plain = `<startEvent id="start"/>${userTasks('C2')}<endEvent id="end2"/>${arrows('start -> C2, C2 -> end2')}`;
		const driver = new Driver(await caller).start();
		const { id: task } = driver.task('P');
		const vote = { type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} } as const;
		driver.called = { child: await readModel(timed) };
		driver.refuse(vote, 'flow-not-callable');
		driver.called = { child: await readModel(timed + plain) };
		expect(driver.accept(vote).open()).toEqual(['C2']);
	});

	it('of a flow that does not exist is refused', async () => {
		const driver = new Driver(await caller).start();
		const vote = { type: 'decide-task', user: 'alpha', decision: 'agree', opinion: '', variables: {} } as const;
		driver.refuse({ ...vote, task: driver.task('P').id }, 'flow-not-found');
	});
});

/** Where the open task of a node can be sent back to, each as the calls that lead to it and its node; the nearest only on request. */
function pointsOf(driver: Driver, node: string, nearest = false): readonly string[] {
	const task = driver.task(node);
	const flows = Object.values(driver.live.scopes).flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
	const questions = flows.map((flow) => ({ kind: 'flow', ...flow }) as const);
	const answers = new Map(questions.map((question) => [questionKey(question), driver.answer(question)]));
	const user = task.assignments[0]?.user ?? '';
	const found = rollbackPoints({ model: driver.model, state: driver.live, answers }, task.id, user);
	if (!found.ok) throw new Error(found.rejection.code);
	return found.points
		.filter((point) => !nearest || point.nearest)
		.map((point) => (point.calls === undefined ? point.node : `${point.calls}/${point.node}`));
}

describe('how an instance ends after repeated decisions', () => {
	const loops = (how: string) => `<multiInstanceLoopCharacteristics ${how} ${EACH}/>`;
	const asked = (id: string, who: string, inside = '') =>
		`<userTask id="${id}" camunda:assignee="${who}" sendback:onReject="continue">${inside}</userTask>`;
	const again = `<exclusiveGateway id="x" default="over"/><sequenceFlow id="over" sourceRef="x" targetRef="end"/>`;
	/** What is repeated, and again where somebody says so. */
	const around = (activity: string, id: string) =>
		readModel(
			`<startEvent id="start"/>${activity}${again}<endEvent id="end"/>${arrows(`start -> ${id}, ${id} -> x, x -[again]-> ${id}`)}`,
		);
	const decide = (driver: Driver, user: string, decision: 'agree' | 'reject', variables = {}) => {
		const task = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === user);
		return driver.accept({ type: 'decide-task', task: task?.id ?? '', user, decision, opinion: '', variables });
	};
	const inside = `<subProcess id="M">${loops('')}<startEvent id="in"/>${asked('each', '${person}')}<exclusiveGateway id="y" default="out"/>
		<endEvent id="done"/><sequenceFlow id="out" sourceRef="y" targetRef="done"/>${arrows('in -> each, each -> y, y -[anew]-> each')}</subProcess>`;

	it.each([
		['in parallel', asked('M', '${person}', loops('')), [people, people.toReversed()]],
		['in order', asked('M', '${person}', loops('isSequential="true"')), [people]],
		['as a subprocess', inside, [people, people.toReversed()]],
	])(
		'%s, one no of several runs is a no, in whatever order they come, until all is done again',
		async (_, activity, orders) => {
			for (const order of orders) {
				for (const against of order) {
					const vote = (driver: Driver, no: string | null, variables = {}) => {
						for (const user of order) decide(driver, user, user === no ? 'reject' : 'agree', variables);
					};
					const once = new Driver(await around(activity, 'M')).start({ people });
					vote(once, against);
					expect([order, against, once.live.status]).toEqual([order, against, 'completed']);
					const twice = new Driver(await around(activity, 'M')).start({ people });
					vote(twice, against, { again: true });
					vote(twice, null, { again: false });
					expect(twice.live.status).toBe('agreed');
				}
			}
		},
	);

	/** In each department both vote, and again where the vote that ends a round says so. */
	const departments = (how: string, steps: string) => `<subProcess id="M">
		<multiInstanceLoopCharacteristics ${how} camunda:collection="departments" camunda:elementVariable="department"/>${steps}</subProcess>`;
	const votes = (how: string) => asked('each', '= department + person', loops(how));
	const byFlow = (
		votes: string,
	) => `<startEvent id="in"/>${votes}<exclusiveGateway id="y" default="out"/><endEvent id="done"/>
		<sequenceFlow id="out" sourceRef="y" targetRef="done"/>${userTasks('Rework')}
		${arrows('in -> each, each -> y, y -[anew]-> Rework, Rework -> each')}`;
	const byLoop = (votes: string) => `<startEvent id="in"/><endEvent id="done"/>${arrows('in -> round, round -> done')}
		<subProcess id="round"><standardLoopCharacteristics><loopCondition>= anew</loopCondition></standardLoopCharacteristics>
		<startEvent id="in2"/>${votes}<endEvent id="done2"/>${arrows('in2 -> each, each -> done2')}</subProcess>`;
	const WORDS = ['++', '+-', '-+'] as const;
	const ORDERS = ['aabb', 'bbaa', 'abab', 'abba'];
	const inOrder = 'isSequential="true"';

	it.each([
		['in parallel, again by a flow', departments('', byFlow(votes(''))), ORDERS],
		['in order, again by a flow', departments(inOrder, byFlow(votes(inOrder))), ['aabb']],
		['in parallel, again by a loop', departments('', byLoop(votes(inOrder))), ORDERS],
		['in order, again by a loop', departments(inOrder, byLoop(votes(''))), ['aabb']],
	])('one within another, %s, what was said in the last round of each counts', async (_, activity, orders) => {
		const model = await around(activity, 'M');
		const rounds = (driver: Driver, order: string, words: Record<string, readonly string[]>, again: boolean) => {
			const next: Record<string, number> = {};
			for (const department of order) {
				const round = next[department] ?? 0;
				next[department] = round + 1;
				const anew = round === 0;
				[...(words[department]?.[round] ?? '')].forEach((word, index) => {
					decide(driver, `${department}${index + 1}`, word === '-' ? 'reject' : 'agree', { anew, again });
				});
				if (driver.open().includes('Rework')) driver.agree('Rework');
			}
		};
		const start = () => new Driver(model).start({ departments: ['a', 'b'], people: ['1', '2'] });
		const pairs = WORDS.flatMap((first) => WORDS.map((last) => [first, last]));
		for (const order of orders) {
			for (const a of pairs) {
				for (const b of pairs.slice(2, 5)) {
					const driver = start();
					rounds(driver, order, { a, b }, false);
					const expected = a[1] === '++' && b[1] === '++' ? 'agreed' : 'completed';
					expect([order, a, b, driver.live.status]).toEqual([order, a, b, expected]);
				}
			}
			const whole = start();
			rounds(whole, order, { a: ['+-', '-+'], b: ['-+', '+-'] }, true);
			rounds(whole, order, { a: ['+-', '++'], b: ['++', '++'] }, false);
			expect(whole.live.status).toBe('agreed');
		}
	});

	it('within one run the last word counts', async () => {
		const driver = new Driver(await around(inside, 'M')).start({ people });
		decide(decide(driver, 'ann', 'reject', { anew: true }), 'ann', 'agree', { anew: false });
		decide(decide(driver, 'ben', 'agree'), 'cid', 'agree');
		expect(driver.live.status).toBe('agreed');
	});

	it('so it does where it is done again until somebody agrees', async () => {
		const until = `<standardLoopCharacteristics testBefore="false"><loopCondition>= not(fine)</loopCondition></standardLoopCharacteristics>`;
		const driver = new Driver(await around(asked('M', 'ann', until), 'M')).start();
		decide(decide(driver, 'ann', 'reject', { fine: false }), 'ann', 'agree', { fine: true });
		expect(driver.live.status).toBe('agreed');
	});

	it('a no that is sent back is none, and one before a migration is one', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${asked('M', '${person}', loops(''))}${userTasks('T')}<endEvent id="end"/>${arrows('start -> M, M -> T, T -> end')}`,
		);
		const driver = new Driver(model).start({ people });
		decide(decide(decide(driver, 'cid', 'reject'), 'ann', 'agree'), 'ben', 'agree');
		sendBack(driver, driver.completed('M', 2));
		expect(decide(driver, 'cid', 'agree').agree('T').live.status).toBe('agreed');

		const moved = new Driver(model).start({ people });
		decide(moved, 'ann', 'reject')
			.deploy({ ...model })
			.migrate();
		decide(decide(moved, 'ben', 'agree'), 'cid', 'agree');
		expect(moved.agree('T').live.status).toBe('completed');
	});

	it('a no is not forgotten, however much follows', async () => {
		const many = Array.from({ length: 70 }, (_, number) => `T${number}`);
		const line = ['start', 'M', ...many, 'end'];
		const model = await readModel(
			`<startEvent id="start"/>${asked('M', 'ann')}${userTasks(...many)}<endEvent id="end"/>${arrows(
				line
					.slice(1)
					.map((id, index) => `${line[index]} -> ${id}`)
					.join(','),
			)}`,
		);
		const driver = decide(new Driver(model).start(), 'ann', 'reject');
		for (const id of many) driver.agree(id);
		expect(driver.live.status).toBe('completed');
	});
});
