import { describe, expect, it } from 'vitest';
import { SEVERAL } from '../models/compensated-models.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = `
	<message id="m" name="paid"/><signal id="sig" name="alarm"/>
	<error id="err" errorCode="E1" name="bad"/><escalation id="esc" escalationCode="X1"/>`;
const MESSAGE = '<messageEventDefinition messageRef="m"/>';
const SIGNAL = '<signalEventDefinition signalRef="sig"/>';
const ERROR = '<errorEventDefinition errorRef="err"/>';
const ESCALATION = '<escalationEventDefinition escalationRef="esc"/>';
const DAY = '<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>';
const TWICE = '<timerEventDefinition><timeCycle>R2/PT10M</timeCycle></timerEventDefinition>';

describe('a process that starts by hand', () => {
	const starts = `<startEvent id="paid">${MESSAGE}</startEvent><startEvent id="alarm">${SIGNAL}</startEvent>
		${userTasks('Paid', 'Alarm')}${arrows('paid -> Paid, alarm -> Alarm')}`;

	it('begins at the start event without a definition, wherever that stands', async () => {
		const plain = `<startEvent id="start"/>${userTasks('P')}${arrows('start -> P')}`;
		expect(new Driver(await readModel(starts + plain, ROOTS)).start().open()).toEqual(['P']);
	});

	it('begins at the first event where there are only events', async () => {
		expect(new Driver(await readModel(starts, ROOTS)).start().open()).toEqual(['Paid']);
	});
});

describe('an event-based gateway', () => {
	const model = readModel(
		`<startEvent id="start"/>${userTasks('P', 'Paid', 'Late')}<eventBasedGateway id="gate"/>
		<intermediateCatchEvent id="paid">${MESSAGE}</intermediateCatchEvent>
		<intermediateCatchEvent id="late">${DAY}</intermediateCatchEvent><endEvent id="end"/>
		${arrows('start -> P, P -> gate, gate -> paid, gate -> late, paid -> Paid, late -> Late, Paid -> end, Late -> end')}`,
		ROOTS,
	);

	it('takes the first event that comes; the others are waited for no more', async () => {
		const driver = new Driver(await model).start().agree('P');
		expect(driver.marking()).toEqual(['active:gate', 'wait:late', 'wait:paid']);
		const late = driver.armed('late');
		driver.trigger('paid', { amount: 5 });
		expect(driver.marking()).toEqual(['task:Paid']);
		expect(driver.value('amount')).toBe(5);
		driver.refuse({ type: 'trigger-event', token: late, variables: {} }, 'event-not-awaited');
	});

	it('is not left by a timer that is not due', async () => {
		const driver = new Driver(await model).start().agree('P');
		const early = { type: 'trigger-event', token: driver.armed('late'), variables: {} } as const;
		driver.now += 86_400_000 - 2;
		driver.refuse(early, 'event-not-awaited');
		driver.now += 1;
		expect(driver.accept(early).marking()).toEqual(['task:Late']);
	});

	it('waits for all of them again after a return to before the winner', async () => {
		const driver = new Driver(await model).start().agree('P').trigger('late').rollBack('Late', 'P').agree('P');
		expect(driver.marking()).toEqual(['active:gate', 'wait:late', 'wait:paid']);
	});
});

describe('a boundary event that does not interrupt', () => {
	const reminded = (definition: string) =>
		readModel(
			`<startEvent id="start"/>${userTasks('P', 'A', 'R', 'R2')}<endEvent id="end"/><endEvent id="rEnd"/>
			<boundaryEvent id="remind" attachedToRef="A" cancelActivity="false">${definition}</boundaryEvent>
			${arrows('start -> P, P -> A, A -> end, remind -> R, R -> R2, R2 -> rEnd')}`,
			ROOTS,
		);

	it('starts a branch each time it comes, and ends with its host', async () => {
		const driver = new Driver(await reminded(MESSAGE)).start().agree('P').trigger('remind').trigger('remind');
		expect(driver.open()).toEqual(['A', 'R', 'R']);
		expect(driver.agree('A').marking()).toEqual(['task:R', 'task:R']);
	});

	it('counts the repetitions of a cycle', async () => {
		const driver = new Driver(await reminded(TWICE)).start().agree('P').trigger('remind').trigger('remind');
		expect(driver.marking()).toEqual(['task:A', 'task:R', 'task:R']);
	});

	it('a return inside its branch leaves the host alone, and one to before the host takes both', async () => {
		const driver = new Driver(await reminded(MESSAGE)).start().agree('P').trigger('remind').agree('R');
		const host = driver.task('A').id;
		driver.rollBack('R2', 'R');
		expect(driver.open()).toEqual(['A', 'R']);
		expect(driver.task('A').id).toBe(host);
		expect(driver.rollBack('R', 'P').marking()).toEqual(['task:P']);
	});
});

describe('a date beside work that a return brings back', () => {
	const NOON = 43_200_000;
	const AT_NOON = '<timerEventDefinition><timeDate>1970-01-01T12:00:00Z</timeDate></timerEventDefinition>';
	const isArmed = (driver: Driver, node: string) => {
		const { arm } = Object.values(driver.live.tokens).find(({ place }) => place === `wait:${node}`) ?? {};
		return arm?.kind === 'timer' && arm.due !== null;
	};

	it('that has passed does not come again: it would end what has just been reopened', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('A', 'B', 'Late')}<endEvent id="end"/>
			<boundaryEvent id="noon" attachedToRef="A">${AT_NOON}</boundaryEvent>
			${arrows('start -> A, A -> B, B -> end, noon -> Late, Late -> end')}`,
		);
		const early = new Driver(model).start().agree('A').rollBack('B', 'A');
		expect(isArmed(early, 'noon')).toBe(true);
		const late = new Driver(model).start().agree('A');
		late.now = NOON;
		expect(isArmed(late.rollBack('B', 'A'), 'noon')).toBe(false);
		expect(late.agree('A').open()).toEqual(['B']);
	});

	it('that ended a subprocess leaves it be after a return into it', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('T', 'Late')}<endEvent id="end"/>
			<subProcess id="sub"><startEvent id="s"/>${userTasks('A', 'B')}<endEvent id="e"/>${arrows('s -> A, A -> B, B -> e')}</subProcess>
			<boundaryEvent id="noon" attachedToRef="sub">${AT_NOON}</boundaryEvent>
			${arrows('start -> sub, sub -> T, T -> end, noon -> Late, Late -> end')}`,
		);
		const driver = new Driver(model).start().agree('A');
		driver.now = NOON;
		driver.trigger('noon').rollBack('Late', 'A');
		expect(driver.open()).toEqual(['A']);
		expect(isArmed(driver, 'noon')).toBe(false);
		expect(driver.agree('A').agree('B').open()).toEqual(['T']);
	});
});

describe('errors and escalations', () => {
	const caught = (definition: string, interrupting: boolean) =>
		readModel(
			`<startEvent id="start"/>${userTasks('T', 'H')}<endEvent id="end"/><endEvent id="hEnd"/>
			<subProcess id="sub">
				<startEvent id="s"/><parallelGateway id="fork"/>${userTasks('A', 'B')}
				<endEvent id="throwing">${definition}</endEvent><endEvent id="eB"/>
				${arrows('s -> fork, fork -> A, A -> throwing, fork -> B, B -> eB')}
			</subProcess>
			<boundaryEvent id="catch" attachedToRef="sub" cancelActivity="${interrupting}">${definition}</boundaryEvent>
			${arrows('start -> sub, sub -> T, T -> end, catch -> H, H -> hEnd')}`,
			ROOTS,
		);

	it('an error ends what catches it at its boundary; a return to before it revives the rest', async () => {
		const driver = new Driver(await caught(ERROR, true)).start();
		const b = driver.task('B').id;
		expect(driver.agree('A').marking()).toEqual(['task:H']);
		driver.rollBack('H', 'A');
		expect(driver.open()).toEqual(['A', 'B']);
		expect(driver.task('B').id).toBe(b);
	});

	it('a return to a task that the error had ended does not end at once by the same error', async () => {
		const driver = new Driver(await caught(ERROR, true)).start().agree('B');
		driver.agree('A');
		expect(driver.open()).toEqual(['H']);
		driver.rollBack('H', 'B');
		expect(driver.marking()).toEqual(['active:sub', 'flow:A_throwing', 'task:B']);
		expect(driver.agree('B').marking()).toEqual(['task:H']);
	});

	it('an escalation that interrupts ends it too', async () => {
		expect(new Driver(await caught(ESCALATION, true)).start().agree('A').marking()).toEqual(['task:H']);
	});

	it('an escalation that does not lets it go on', async () => {
		const driver = new Driver(await caught(ESCALATION, false)).start().agree('A');
		expect(driver.open()).toEqual(['B', 'H']);
		expect(driver.agree('B').open()).toEqual(['H', 'T']);
	});

	const thrownAgain = (definition: string, interrupting: boolean) =>
		readModel(
			`<startEvent id="start"/>${userTasks('T', 'H')}<endEvent id="end"/><endEvent id="hEnd"/>
			<subProcess id="sub">
				<startEvent id="s"/><parallelGateway id="fork"/>${userTasks('A', 'B')}
				<endEvent id="throwing">${definition}</endEvent><endEvent id="eB"/>
				${arrows('s -> fork, fork -> A, A -> throwing, fork -> B, B -> eB')}
				<subProcess id="handler" triggeredByEvent="true">
					<startEvent id="caught" isInterrupting="${interrupting}">${definition}</startEvent>${userTasks('Log')}
					<endEvent id="again">${definition}</endEvent>${arrows('caught -> Log, Log -> again')}
				</subProcess>
			</subProcess>
			<boundaryEvent id="catch" attachedToRef="sub" cancelActivity="${interrupting}">${definition}</boundaryEvent>
			${arrows('start -> sub, sub -> T, T -> end, catch -> H, H -> hEnd')}`,
			ROOTS,
		);

	it('what an event subprocess throws again is caught further out, and not by itself', async () => {
		const escalated = new Driver(await thrownAgain(ESCALATION, false)).start().agree('A');
		expect(escalated.open()).toEqual(['B', 'Log']);
		expect(escalated.agree('Log').open()).toEqual(['B', 'H']);
		const failed = new Driver(await thrownAgain(ERROR, true)).start().agree('A');
		expect(failed.open()).toEqual(['Log']);
		expect(failed.agree('Log').open()).toEqual(['H']);
	});

	it('what an error overtook on its way does not end the task that is returned to', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('H', 'T')}<endEvent id="end"/><endEvent id="hEnd"/>
			<subProcess id="sub">
				<startEvent id="s"/><parallelGateway id="fork"/>${userTasks('A', 'B', 'C', 'C2')}
				<endEvent id="throwing">${ERROR}</endEvent><endEvent id="eB"/><endEvent id="eC"/>
				<exclusiveGateway id="stops" default="goesOn"/><endEvent id="stop"><terminateEventDefinition/></endEvent>
				<sequenceFlow id="goesOn" sourceRef="stops" targetRef="eB"/>
				<sequenceFlow id="isOver" sourceRef="stops" targetRef="stop">
					<conditionExpression>\${x == 1}</conditionExpression>
				</sequenceFlow>
				${arrows('s -> fork, fork -> A, A -> throwing, fork -> B, B -> stops, fork -> C, C -> C2, C2 -> eC')}
			</subProcess>
			<boundaryEvent id="catch" attachedToRef="sub">${ERROR}</boundaryEvent>
			${arrows('start -> sub, sub -> T, T -> end, catch -> H, H -> hEnd')}`,
			ROOTS,
		);
		const driver = new Driver(model).start({ x: 0 }).agree('B').agree('A').rollBack('H', 'B').agree('C');
		// The error waited for B; now it is first, and B's token does not come to its choice.
		expect(driver.agree('B', { x: 1 }).marking()).toEqual(['task:H']);
		expect(driver.rollBack('H', 'C').open()).toEqual(['C']);
		expect(driver.agree('C').open()).toEqual(['H']);
	});

	it('nor does what was about to leave an inclusive join', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('H', 'T')}<endEvent id="end"/><endEvent id="hEnd"/>
			<subProcess id="sub">
				<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="split"/><inclusiveGateway id="join"/>
				${userTasks('A', 'A2', 'B', 'C')}<endEvent id="throwing">${ERROR}</endEvent>
				<endEvent id="stop"><terminateEventDefinition/></endEvent><endEvent id="eA"/>
				${arrows('s -> fork, fork -> A, A -> A2, A2 -> eA, fork -> B, B -> split, split -> throwing, split -> join')}
				${arrows('fork -> C, C -> join, join -> stop')}
			</subProcess>
			<boundaryEvent id="catch" attachedToRef="sub">${ERROR}</boundaryEvent>
			${arrows('start -> sub, sub -> T, T -> end, catch -> H, H -> hEnd')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('A').agree('C').agree('B').rollBack('H', 'A');
		expect(driver.open()).toEqual(['A']);
		expect(driver.agree('A').open()).toEqual(['H']);
	});

	describe('a decision that waits for a task when a message ends its subprocess, and is restored', () => {
		/** R wrote what G has read, and R2 sends back to R: G waits. The message ends all of it, U2 and Q included. */
		const held = async (where: string) => {
			const model = await readModel(
				`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('H', 'Z')}<endEvent id="end"/><endEvent id="eH"/>
				<subProcess id="sub">
					<startEvent id="s"/><parallelGateway id="split"/>${userTasks('P', 'Q', 'Q2', 'U', 'U2')}
					<exclusiveGateway id="G" default="plain"/><sequenceFlow id="plain" sourceRef="G" targetRef="Q"/>
					<endEvent id="eQ"/><endEvent id="eU"/>
					${arrows('s -> split, split -> P, P -> G, G -[x = 2]-> Q2, Q -> eQ, Q2 -> eQ, split -> U, U2 -> eU')}
					${where === 'inside' ? `${userTasks('R', 'R2')}${arrows('U -> R, R -> R2, R2 -> U2')}` : arrows('U -> U2')}
				</subProcess>
				<boundaryEvent id="came" attachedToRef="sub">${MESSAGE}</boundaryEvent>
				${where === 'inside' ? arrows('fork -> Z') : `${userTasks('R0', 'R', 'R2')}${arrows('fork -> R0, R0 -> R, R -> R2, R2 -> Z')}`}
				${arrows('start -> fork, fork -> sub, sub -> end, came -> H, H -> eH, Z -> end')}`,
				ROOTS,
			);
			const driver = new Driver(model).start({ x: 0 });
			return driver
				.agree(where === 'inside' ? 'U' : 'R0')
				.agree('R', { x: 1 })
				.agree('P')
				.rollBack('R2', 'R');
		};

		it('waits on while the task is open', async () => {
			const driver = (await held('outside')).agree('U').trigger('came').rollBack('H', 'U');
			expect(driver.agree('U').open()).toEqual(['R', 'U2']);
			expect(driver.agree('R', { x: 2 }).open()).toEqual(['Q2', 'R2', 'U2']);
		});

		it('waits for the task that is returned to where the other one was done meanwhile', async () => {
			const driver = (await held('outside')).agree('U').trigger('came').agree('R', { x: 2 }).rollBack('H', 'U');
			expect(driver.open()).toEqual(['R2', 'U']);
			expect(driver.agree('U').open()).toEqual(['Q2', 'R2', 'U2']);
		});

		it('waits for the task that the other one was sent back to meanwhile', async () => {
			const driver = (await held('outside')).agree('U').trigger('came').rollBack('R', 'R0').rollBack('H', 'U');
			expect(driver.agree('U').open()).toEqual(['R0', 'U2']);
			expect(driver.agree('R0').open()).toEqual(['Q', 'R', 'U2']);
		});

		it('waits for the task that is returned to where that undoes the other one', async () => {
			const driver = (await held('inside')).trigger('came').rollBack('H', 'U');
			expect(driver.open()).toEqual(['U', 'Z']);
			expect(driver.agree('U').open()).toEqual(['Q', 'R', 'Z']);
		});
	});

	it('an error that nobody catches ends the process', async () => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('A', 'B')}
			<endEvent id="bad">${ERROR}</endEvent><endEvent id="end"/>
			${arrows('start -> fork, fork -> A, A -> bad, fork -> B, B -> end')}`,
			ROOTS,
		);
		expect(new Driver(model).start().agree('A').live).toMatchObject({ status: 'agreed', tokens: {} });
	});
});

describe('sending back to before a boundary event that did not interrupt', () => {
	const COMES = '<conditionalEventDefinition><condition>= x = 1</condition></conditionalEventDefinition>';
	/** What X does comes to A, beside it, and A goes on. */
	const beside = async (definition: string) => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('X', 'X2', 'A', 'A2', 'N')}
			<intermediateThrowEvent id="ring">${SIGNAL}</intermediateThrowEvent>
			<boundaryEvent id="came" attachedToRef="A" cancelActivity="false">${definition}</boundaryEvent>
			<endEvent id="eX"/><endEvent id="eA"/><endEvent id="eN"/>
			${arrows('start -> fork, fork -> X, X -> ring, ring -> X2, X2 -> eX, fork -> A, A -> A2, A2 -> eA, came -> N, N -> eN')}`,
			ROOTS,
		);
		return new Driver(model).start({ x: 0 }).agree('X', { x: 1 });
	};

	it.each([
		['a signal', SIGNAL],
		['a condition', COMES],
	])('keeps the decision of the task that %s came to', async (_event, definition) => {
		const driver = (await beside(definition)).agree('A');
		expect(driver.open()).toEqual(['A2', 'N', 'X2']);
		expect(driver.rollBack('X2', 'X').marking()).toEqual(['task:A2', 'task:X']);
		driver.agree('A2').agree('X', { x: 1 }).agree('X2');
		expect(driver.live.status).toBe('agreed');
	});

	it.each([
		['a signal', SIGNAL],
		['a condition', COMES],
	])('waits for %s again when the task comes back', async (_event, definition) => {
		const driver = (await beside(definition)).agree('A').rollBack('X2', 'X').rollBack('A2', 'A');
		expect(driver.marking()).toEqual(['task:A', 'task:X', 'wait:came']);
		expect(driver.agree('X', { x: 1 }).open()).toEqual(['A', 'N', 'X2']);
		expect(driver.agree('A').marking()).toEqual(['task:A2', 'task:N', 'task:X2']);
	});

	it('takes the decision back with the return, when that is taken back', async () => {
		const driver = (await beside(COMES)).agree('A');
		const before = driver.marking();
		expect(driver.rollBack('X2', 'X').undoRollback('alpha').marking()).toEqual(before);
	});
});

describe('an event subprocess', () => {
	const inside = (interrupting: boolean, definition: string) => `
		<subProcess id="events" triggeredByEvent="true">
			<startEvent id="came" isInterrupting="${interrupting}">${definition}</startEvent>${userTasks('E')}<endEvent id="eE"/>
			${arrows('came -> E, E -> eE')}
		</subProcess>`;

	it('runs beside what it does not interrupt, as often as its event comes; the scope ends when all have', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('A')}<endEvent id="end"/>${inside(false, MESSAGE)}${arrows('start -> A, A -> end')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().trigger('came').trigger('came');
		expect(driver.open()).toEqual(['A', 'E', 'E']);
		driver.agree('A');
		for (const { id: task } of Object.values(driver.live.tasks)) {
			expect(driver.live.status).toBe('in_process');
			driver.accept({ type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
		}
		expect(driver.live.status).toBe('agreed');
	});

	it('that interrupts ends everything else in its scope; a return to before it brings that back', async () => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'A', 'B')}<endEvent id="end"/>
			${inside(true, SIGNAL)}${arrows('start -> P, P -> fork, fork -> A, fork -> B, A -> end, B -> end')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('P').agree('A').trigger('came');
		expect(driver.marking()).toEqual(['active:events', 'task:E']);
		driver.rollBack('E', 'start').agree('start').agree('P');
		expect(driver.marking()).toEqual(['task:A', 'task:B', 'wait:came']);
	});
});

describe('conditions, throws and work for others', () => {
	it('a condition is caught when it comes true by what somebody writes, and undone with the write', async () => {
		const condition = '<conditionalEventDefinition><condition>= amount > 10</condition></conditionalEventDefinition>';
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('A', 'A2', 'B')}<endEvent id="end"/><endEvent id="cEnd"/>
			<intermediateCatchEvent id="big">${condition}</intermediateCatchEvent>
			${arrows('start -> fork, fork -> A, A -> A2, A2 -> end, fork -> big, big -> B, B -> cEnd')}`,
		);
		const driver = new Driver(model).start({ amount: 1 }).agree('A', { amount: 11 });
		expect(driver.open()).toEqual(['A2', 'B']);
		driver.rollBack('A2', 'A');
		expect(driver.marking()).toEqual(['task:A', 'wait:big']);
		expect(driver.agree('A', { amount: 5 }).marking()).toEqual(['task:A2', 'wait:big']);
	});

	const X_IS_1 = '<conditionalEventDefinition><condition>= x = 1</condition></conditionalEventDefinition>';
	const AT_A = (attributes = '') =>
		`<boundaryEvent id="came" attachedToRef="A" ${attributes}>${X_IS_1}</boundaryEvent>`;
	const AROUND_A = `<subProcess id="handler" triggeredByEvent="true">
		<startEvent id="came">${X_IS_1}</startEvent>${userTasks('After')}<endEvent id="hEnd"/>${arrows('came -> After, After -> hEnd')}
	</subProcess>`;
	const after = `${userTasks('After')}<endEvent id="aEnd"/>${arrows('came -> After, After -> aEnd')}`;
	const inside = (content: string) =>
		`<subProcess id="sub"><startEvent id="s"/>${content}<endEvent id="e"/></subProcess>`;

	it.each([
		['at the boundary', 'A', `${userTasks('A')}${AT_A()}${after}`],
		['at the boundary, not interrupting', 'A', `${userTasks('A')}${AT_A('cancelActivity="false"')}${after}`],
		[
			'at the boundary of several runs',
			'A',
			`<userTask id="A" camunda:assignee="alpha">${SEVERAL}</userTask>${AT_A()}${after}`,
		],
		['of an event subprocess', 'sub', inside(`${userTasks('A')}${AROUND_A}${arrows('s -> A, A -> e')}`)],
	])('a condition %s that is true by kept work waits for something new after a return', async (_, first, content) => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${content}${userTasks('B', 'C', 'D')}<endEvent id="end"/>
			${arrows(`start -> fork, fork -> ${first}, ${first} -> C, C -> end, fork -> B, B -> D, D -> end`)}`,
		);
		const driver = new Driver(model).start({ x: 0 });
		for (const { id: task } of Object.values(driver.live.tasks).filter(({ node }) => node === 'A')) {
			driver.accept({ type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
		}
		driver.agree('B', { x: 1 });
		expect(driver.open()).toEqual(['C', 'D']);
		driver.rollBack('C', 'A');
		expect(driver.open()).toEqual(['A', 'D']);
		expect(driver.undoRollback('alpha').open()).toEqual(['C', 'D']);
		driver.rollBack('C', 'A').agree('D', { y: 1 });
		expect(driver.open()).toEqual(['A']);
	});

	it.each([
		['is written anew', { x: 1 }, ['After']],
		['is written and still does not hold', { x: 2 }, ['A']],
	])('a condition that was true when a return armed it fires once what it reads %s', async (_, written, open) => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('A', 'B', 'C', 'D')}<endEvent id="end"/>${AT_A()}${after}
			${arrows('start -> fork, fork -> A, A -> C, C -> end, fork -> B, B -> D, D -> end')}`,
		);
		const driver = new Driver(model).start({ x: 0 }).agree('A').agree('B', { x: 1 }).rollBack('C', 'A');
		expect(driver.agree('D', written).open()).toEqual(open);
	});

	it('a condition that holds when its activity begins is caught at once, as ever', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('A', 'C')}<endEvent id="end"/>${AT_A()}${after}
			${arrows('start -> A, A -> C, C -> end')}`,
		);
		expect(new Driver(model).start({ x: 1 }).open()).toEqual(['After']);
	});

	it('a thrown signal is left for the world outside', async () => {
		const model = await readModel(
			`<startEvent id="start"/><intermediateThrowEvent id="ring">${SIGNAL}</intermediateThrowEvent>${userTasks('A')}
			<endEvent id="end"/>${arrows('start -> ring, ring -> A, A -> end')}`,
			ROOTS,
		);
		const { log } = new Driver(model).start();
		const effects = log.flatMap((event) => (event.type === 'NodeFired' ? (event.effects ?? []) : []));
		expect(effects).toEqual([{ kind: 'throw-signal', name: 'alarm' }]);
	});

	it('a direct return does compensated work again, instead of carrying over what was taken back', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
			<serviceTask id="work" sendback:topic="book" sendback:effect="compensable" sendback:compensationTopic="unbook"/>
			${arrows('start -> P, P -> work, work -> T, T -> end')}`,
		);
		const driver = new Driver(model).start().agree('P').completeJob('work').rollBackDirect('T', 'P').agree('P');
		expect(driver.marking()).toEqual(['active:work']);
	});

	it('work that ended in an error is no barrier: it counts as not done', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/><serviceTask id="work" sendback:topic="book"/>
			<boundaryEvent id="failed" attachedToRef="work"><errorEventDefinition/></boundaryEvent>
			${arrows('start -> P, P -> work, work -> end, failed -> T, T -> end')}`,
		);
		const driver = new Driver(model).start().agree('P');
		driver.accept({ type: 'throw-job-error', token: driver.armed('work'), code: 'x', variables: {} });
		expect(driver.rollBack('T', 'P').marking()).toEqual(['task:P']);
	});

	it.each([
		['pure', '', null, []],
		['barrier', '', 'rollback-barrier', []],
		['compensable', 'sendback:compensationTopic="unbook"', null, [{ node: 'work', topic: 'unbook' }]],
	] as const)('work whose effect is %s', async (effect, more, code, compensations) => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
			<serviceTask id="work" sendback:topic="book" sendback:effect="${effect}" ${more}/>
			${arrows('start -> P, P -> work, work -> T, T -> end')}`,
		);
		const driver = new Driver(model).start().agree('P');
		expect(driver.marking()).toEqual(['active:work']);
		driver.completeJob('work', { booking: 7 });
		expect(driver.value('booking')).toBe(7);
		if (code !== null) {
			driver.refuse(driver.rollBackCommand('T', 'P'), code);
			return;
		}
		const last = driver.rollBack('T', 'P').log.at(-1);
		expect(last?.type === 'RolledBack' ? last.compensations : null).toMatchObject(compensations);
	});
});
