import { describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { questionKey } from '../../src/questions.ts';
import { step } from '../../src/step.ts';
import type { Variables } from '../../src/terms.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const times = (count: number, element: (index: number) => string) =>
	Array.from({ length: count }, (_, i) => element(i)).join('');
const flow = (source: string, target: string, more = '') =>
	`<sequenceFlow id="${source}_${target}${more}" sourceRef="${source}" targetRef="${target}"/>`;

/** Two runs of a thousand scripts, once P is done. */
const LONG = `${userTasks('P', 'Q')}<endEvent id="end"/>${arrows('P -> A, A -> B, B -> Q, Q -> end')}${['A', 'B']
	.map(
		(id) => `<scriptTask id="${id}" scriptFormat="feel" camunda:resultVariable="r">
			<standardLoopCharacteristics loopMaximum="1000"/><script>1</script></scriptTask>`,
	)
	.join('')}`;

function refusesToStart(model: ProcessModel, variables: Variables = {}): void {
	const driver = new Driver(model);
	const before_ms = performance.now();
	driver.refuse({ type: 'start-instance', initiator: 'initiator', variables }, 'run-limit');
	expect(performance.now() - before_ms).toBeLessThan(10_000);
}

describe('a command is refused that would look at too much', () => {
	it('in joins that wait for each other', async () => {
		const joins = times(
			1_000,
			(i) => `<inclusiveGateway id="J${i}"/>${flow('split', `J${i}`)}${flow(`J${i}`, i === 0 ? 'end' : `J${i - 1}`)}`,
		);
		refusesToStart(
			await readModel(
				`<startEvent id="start"/><parallelGateway id="split"/><endEvent id="end"/>${joins}
				${flow('start', 'split')}${flow('split', 'J999', '_more')}`,
			),
		);
	});

	it('in conditions', async () => {
		const ways = times(
			3_000,
			(i) => `<sequenceFlow id="way${i}" sourceRef="choice" targetRef="end">
				<conditionExpression>\${list.contains(1)}</conditionExpression></sequenceFlow>`,
		);
		refusesToStart(
			await readModel(
				`<startEvent id="start"/><exclusiveGateway id="choice" default="choice_end"/><endEvent id="end"/>
				${arrows('start -> choice, choice -> end')}${ways}`,
			),
			{ list: Array(200_000).fill(0) },
		);
	});

	it('in events that wait for conditions, after each of many firings', async () => {
		const waits = times(
			1_500,
			(i) => `${flow('wait', `W${i}`)}<intermediateCatchEvent id="W${i}"><conditionalEventDefinition>
				<condition>\${x == ${i}}</condition></conditionalEventDefinition></intermediateCatchEvent>`,
		);
		const driver = new Driver(
			await readModel(
				`<startEvent id="start"/><parallelGateway id="split"/><eventBasedGateway id="wait"/>${waits}
				${arrows('start -> split, split -> P, split -> wait')}${LONG}`,
			),
		).start();
		const { id, assignments } = driver.task('P');
		const user = assignments[0]?.user ?? '';
		driver.refuse({ type: 'decide-task', task: id, user, decision: 'agree', opinion: '', variables: {} }, 'run-limit');
	});

	it('in signals that many catch, again and again', async () => {
		const events = times(
			500,
			(i) => `<boundaryEvent id="B${i}" attachedToRef="V" cancelActivity="false">
				<signalEventDefinition signalRef="ring"/></boundaryEvent>`,
		);
		const driver = new Driver(
			await readModel(
				`<startEvent id="start"/><parallelGateway id="split"/>${userTasks('P', 'V')}${events}
				<subProcess id="rings"><standardLoopCharacteristics loopMaximum="1000"/><startEvent id="begin"/>
				<intermediateThrowEvent id="throw"><signalEventDefinition signalRef="ring"/></intermediateThrowEvent>
				${arrows('begin -> throw')}</subProcess>${arrows('start -> split, split -> P, split -> V, P -> rings')}`,
				'<signal id="ring" name="ring"/>',
			),
		).start();
		const { id, assignments } = driver.task('P');
		const user = assignments[0]?.user ?? '';
		driver.refuse({ type: 'decide-task', task: id, user, decision: 'agree', opinion: '', variables: {} }, 'run-limit');
	});
});

it('a thousand parallel runs of some work are not too much', async () => {
	const driver = new Driver(
		await readModel(
			`<startEvent id="start"/><subProcess id="runs">
			<multiInstanceLoopCharacteristics><loopCardinality>\${1000}</loopCardinality></multiInstanceLoopCharacteristics>
			<startEvent id="begin"/><exclusiveGateway id="choice" default="choice_script"/>
			<scriptTask id="script" scriptFormat="feel" camunda:resultVariable="r"><script>1</script></scriptTask>
			${arrows('begin -> choice, choice -> script')}</subProcess>${arrows('start -> runs')}`,
		),
	).start();
	expect(driver.live.status).toBe('completed');
});

it('a step that asks says what it took to come so far', async () => {
	const model = await readModel(`<startEvent id="start"/>
		<scriptTask id="script" scriptFormat="feel" camunda:resultVariable="r"><script>abs(1)</script></scriptTask>
		${arrows('start -> script')}`);
	const answers = new Map([
		[questionKey({ kind: 'user', user: 'initiator' }), { kind: 'user', exists: true }],
	] as const);
	const command = { type: 'start-instance', initiator: 'initiator', variables: {} } as const;
	const outcome = step(model, null, command, { now: 0, firstId: 1, answers });
	expect(outcome).toMatchObject({ kind: 'unanswered', questions: [{ kind: 'evaluate' }] });
	expect(outcome.kind === 'unanswered' && outcome.effort).toBeGreaterThan(0);
});

it('what is thrown in a large model is caught as soon as in a small one', async () => {
	const inner = (depth: number): string =>
		depth === 0
			? `<subProcess id="throws"><standardLoopCharacteristics loopMaximum="1000"/><startEvent id="begin"/>
				<intermediateThrowEvent id="throw"><escalationEventDefinition escalationRef="far"/></intermediateThrowEvent>
				${arrows('begin -> throw')}</subProcess>`
			: `<subProcess id="sub${depth}"><startEvent id="in${depth}"/>${flow(`in${depth}`, depth === 1 ? 'throws' : `sub${depth - 1}`)}
				${inner(depth - 1)}</subProcess>`;
	const others = times(9_000, (i) => `<task id="T${i}"/>`);
	const driver = new Driver(
		await readModel(
			`<startEvent id="start"/>${flow('start', 'sub30')}${inner(30)}${others}`,
			'<escalation id="far" escalationCode="far"/>',
		),
	);
	const before_ms = performance.now();
	driver.start();
	expect(performance.now() - before_ms).toBeLessThan(5_000);
	expect(driver.live.status).toBe('completed');
});
