import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/terms.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** P, then work that is repeated until it has been done so many times. */
const loop = (work: string, times = 60) =>
	readModel(
		`<startEvent id="start"/>${userTasks('P', 'Q')}${work}
		<scriptTask id="count" scriptFormat="feel" camunda:resultVariable="n"><script>n + 1</script></scriptTask>
		<exclusiveGateway id="again"/><exclusiveGateway id="gate" default="gate_Q"/><endEvent id="end"/>
		<sequenceFlow id="gate_Q" sourceRef="gate" targetRef="Q"/>
		${arrows(`start -> P, P -> again, again -> work, work -> count, count -> gate, gate -[n &lt; ${times}]-> again, Q -> end`)}`,
	);
const script = (source: string) =>
	`<scriptTask id="work" scriptFormat="feel" camunda:resultVariable="x"><script>${source}</script></scriptTask>`;
const CALL = `<callActivity id="work" calledElement="child"><extensionElements>
	<camunda:in sourceExpression="\${x}\${x}" target="x"/><camunda:out source="x" target="x"/></extensionElements></callActivity>`;

function deciding(driver: Driver) {
	const { id, assignments } = driver.task('P');
	const user = assignments[0]?.user ?? '';
	return { type: 'decide-task', task: id, user, decision: 'agree', opinion: '', variables: {} } as const;
}

describe('what a firing writes', () => {
	it('is bounded for a command as a whole', async () => {
		const driver = new Driver(await loop(script('a + b'), 600));
		driver.start({ a: 'a'.repeat(30_000), b: 'b'.repeat(30_000), n: 0 });
		driver.refuse(deciding(driver), 'write-limit');
		expect(driver.open()).toEqual(['P']);
	});

	it.each<[string, string, Value]>([
		['a script that doubles a text', script('x + x'), 'a'],
		['a script of the whole of FEEL that does', script('concatenate([x], [x])'), 'a'],
		['a call that is given a text twice', CALL, 'a'],
		['a script that hands on more than one may write', script('x'), ['a'.repeat(40_000), 'b'.repeat(40_000)]],
	])('is bounded: %s refuses the command', async (_, work, x) => {
		const driver = new Driver(await loop(work));
		driver.called = { child: await readModel(`<startEvent id="s"/><endEvent id="e"/>${arrows('s -> e')}`) };
		driver.start({ x, n: 0 });
		driver.refuse(deciding(driver), 'condition-failed');
		expect(driver.open()).toEqual(['P']);
	});
});

it('tens of thousands of variables are written, undone and written again in one go', async () => {
	const driver = new Driver(
		await readModel(
			`<startEvent id="start"/>${userTasks('P', 'Q')}<endEvent id="end"/>${arrows('start -> P, P -> Q, Q -> end')}`,
		),
	);
	const wide = (value: number) =>
		Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`v${index}`, value]));
	driver.start(wide(1)).agree('P', wide(2));
	expect(driver.value('v29999')).toBe(2);
	driver.rollBack('Q', 'P');
	expect(driver.value('v29999')).toBe(1);
	driver.undoRollback(driver.task('P').assignments[0]?.user ?? '');
	expect(driver.value('v29999')).toBe(2);
});

it('tens of thousands of variables go back over an earlier return', async () => {
	const driver = new Driver(
		await readModel(
			`<startEvent id="start"/>${userTasks('P', 'Q', 'R')}<endEvent id="end"/>${arrows('start -> P, P -> Q, Q -> R, R -> end')}`,
		),
	);
	const wide = (value: number) =>
		Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`v${index}`, value]));
	driver.start(wide(1)).agree('P', wide(2)).agree('Q', wide(3)).rollBack('R', 'Q').agree('Q', wide(4));
	const before_ms = performance.now();
	driver.rollBack('R', 'P');
	expect(performance.now() - before_ms).toBeLessThan(5_000);
	expect(driver.value('v39999')).toBe(1);
});

it('conditions that wait by the thousand see which of tens of thousands of variables go back', async () => {
	const waits = Array.from(
		{ length: 2_000 },
		(_, i) => `<boundaryEvent id="B${i}" attachedToRef="V" cancelActivity="false"><conditionalEventDefinition>
			<condition>\${other == ${i}}</condition></conditionalEventDefinition></boundaryEvent>`,
	);
	const driver = new Driver(
		await readModel(
			`<startEvent id="start"/><parallelGateway id="split"/>${userTasks('P', 'Q', 'V')}${waits.join('')}
			${arrows('start -> split, split -> P, split -> V, P -> Q')}`,
		),
	);
	const wide = (value: number) =>
		Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`v${index}`, value]));
	driver.start(wide(1)).agree('P', wide(2));
	const before_ms = performance.now();
	driver.rollBack('Q', 'P');
	expect(performance.now() - before_ms).toBeLessThan(5_000);
	expect(driver.value('v39999')).toBe(1);
});
