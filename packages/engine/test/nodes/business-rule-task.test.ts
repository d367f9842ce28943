import { beforeAll, describe, expect, it } from 'vitest';
import type { DecisionModel } from '../../src/model/decision-model.ts';
import { dmnFile, input, output, readDecision, rule, tableFile } from '../dmn/dmn-file.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const model = (task: string) =>
	readModel(
		`<startEvent id="start"/>${userTasks('P', 'Q', 'High', 'Low')}${task}
		<exclusiveGateway id="gate" default="gate_Low"/><endEvent id="end"/>
		<sequenceFlow id="gate_High" sourceRef="gate" targetRef="High"><conditionExpression>= level = "high"</conditionExpression></sequenceFlow>
		<sequenceFlow id="gate_Low" sourceRef="gate" targetRef="Low"/>
		${arrows('start -> P, P -> Q, Q -> rule, rule -> gate, High -> end, Low -> end')}`,
	);
const RULE = '<businessRuleTask id="rule" sendback:decision="risk" sendback:resultVariable="level"/>';

const risk = (limit: string) =>
	readDecision(
		tableFile(input('amount') + output('level') + rule(`> ${limit} => "high"`) + rule(`<= ${limit} => "low"`)),
	);

let plain: DecisionModel;
let strict: DecisionModel;
let full: DecisionModel;
beforeAll(async () => {
	[plain, strict, full] = await Promise.all([risk('1000'), risk('10'), risk('max(1000, 10)')]);
});

async function driven(decision: DecisionModel, task = RULE): Promise<Driver> {
	const driver = new Driver(await model(task));
	driver.decisions = { risk: [decision] };
	return driver;
}

const decided = (driver: Driver) =>
	driver.log.flatMap((event) => (event.type === 'NodeFired' && event.node === 'rule' ? [event] : []));

describe('a business rule task', () => {
	it.each(['plain', 'full'])('takes a decision (%s) that the gateway behind it reads', async (which) => {
		const driver = (await driven(which === 'plain' ? plain : full)).start().agree('P', { amount: 5000 }).agree('Q');
		expect(driver.open()).toEqual(['High']);
		expect(driver.value('level')).toBe('high');
		expect(decided(driver)).toMatchObject([
			{ kind: 'pass', decided: { decision: 'risk', version: 1 }, reads: [{ scope: 0, name: 'amount' }] },
		]);
	});

	it('is undone with whom it read, and decides anew on the new data', async () => {
		const driver = (await driven(plain)).start().agree('P', { amount: 5000 }).agree('Q').rollBack('High', 'P');
		expect(driver.open()).toEqual(['P']);
		expect(driver.value('level')).toBeUndefined();
		driver.agree('P', { amount: 5 }).agree('Q');
		expect([driver.open(), driver.value('level')]).toEqual([['Low'], 'low']);
	});

	it('takes the latest version, and the one it took before when it is done again by a direct return', async () => {
		const driver = (await driven(plain)).start({ amount: 500 }).agree('P').agree('Q');
		expect(driver.open()).toEqual(['Low']);
		driver.decisions = { risk: [plain, strict] };
		driver.rollBackDirect('Low', 'Q').agree('Q');
		expect([driver.open(), driver.value('level')]).toEqual([['Low'], 'low']);
		driver.rollBack('Low', 'Q').agree('Q');
		expect([driver.open(), driver.value('level')]).toEqual([['High'], 'high']);
		expect(decided(driver).map((event) => event.decided?.version)).toEqual([1, 1, 2]);
	});

	it('takes another decision in its own version when a direct return finds another one named', async () => {
		const driver = await driven(plain, RULE.replace('"risk"', '"${which}"'));
		driver.decisions = { risk: [strict, plain], other: [strict] };
		driver.start({ amount: 500 }).agree('P').agree('Q', { which: 'risk' }).rollBackDirect('Low', 'Q');
		driver.agree('Q', { which: 'other' });
		expect([driver.open(), driver.value('level')]).toEqual([['High'], 'high']);
		expect(decided(driver).map((event) => event.decided)).toMatchObject([{ version: 2 }, { version: 1 }]);
	});

	it('takes the version that the model binds', async () => {
		const task = `<businessRuleTask id="rule" camunda:decisionRef="risk" camunda:decisionRefBinding="version"
			camunda:decisionRefVersion="1" camunda:mapDecisionResult="singleEntry" camunda:resultVariable="level"/>`;
		const driver = await driven(plain, task);
		driver.decisions = { risk: [plain, strict] };
		expect(driver.start({ amount: 500 }).agree('P').agree('Q').open()).toEqual(['Low']);
	});

	it('waits, undone in a concurrent branch with what it read, until that is decided anew', async () => {
		const concurrent = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'W', 'V', 'D', 'E', 'T')}${RULE}<endEvent id="end"/>
			<parallelGateway id="fork"/><parallelGateway id="join"/>
			${arrows('start -> P, P -> fork, fork -> W, W -> V, V -> join, fork -> D, D -> rule, rule -> E, E -> join, join -> T, T -> end')}`,
		);
		const driver = new Driver(concurrent);
		driver.decisions = { risk: [plain] };
		driver.start().agree('P').agree('W', { amount: 5000 }).agree('D');
		expect([driver.open(), driver.value('level')]).toEqual([['E', 'V'], 'high']);
		driver.rollBack('V', 'W');
		expect([driver.marking(), driver.value('level')]).toEqual([['flow:D_rule', 'task:W'], undefined]);
		driver.agree('W', { amount: 5 });
		expect([driver.open(), driver.value('level')]).toEqual([['E', 'V'], 'low']);
	});

	it('is repeated for each element, each run with its own number', async () => {
		const task = `<businessRuleTask id="rule" sendback:decision="risk" sendback:resultVariable="level">
			<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>
			</businessRuleTask>`;
		const counting = await readDecision(
			dmnFile(
				'<decision id="d" name="d"><literalExpression><text>loopCounter * 2</text></literalExpression></decision>',
			),
		);
		expect((await driven(counting, task)).start().agree('P').agree('Q').value('level')).toBe(4);
	});

	it('refuses the command where there is no such decision, and where it cannot be taken', async () => {
		const driver = (await driven(plain)).start({ amount: 500 }).agree('P');
		const task = driver.task('Q');
		const agree = {
			type: 'decide-task',
			task: task.id,
			user: 'q',
			decision: 'agree',
			opinion: '',
			variables: {},
		} as const;
		const user = task.assignments[0]?.user ?? '';
		driver.decisions = {};
		driver.refuse({ ...agree, user }, 'decision-not-found');
		const twice = await readDecision(tableFile(input('amount') + output('x') + rule('- => 1') + rule('- => 2')));
		driver.decisions = { risk: [twice] };
		driver.refuse({ ...agree, user }, 'decision-failed');
		driver.decisions = { risk: [plain] };
		expect(driver.agree('Q').open()).toEqual(['Low']);
	});

	it('reads what decides, not what the decision itself computes', async () => {
		const chain = await readDecision(
			dmnFile(`<decision id="d" name="d"><informationRequirement><requiredDecision href="#net"/></informationRequirement>
				<literalExpression><text>net &gt; 10</text></literalExpression></decision>
				<decision id="net" name="net"><literalExpression><text>gross / 2</text></literalExpression></decision>`),
		);
		const driver = (await driven(chain)).start({ gross: 30, net: 1, other: 1 }).agree('P').agree('Q');
		expect(decided(driver)[0]?.reads.map(({ name }) => name)).toEqual(['gross']);
		expect(driver.value('level')).toBe(true);
	});
});

describe('a result', () => {
	const table = (outputs: string, rules: readonly string[], hitPolicy: string) =>
		readDecision(tableFile(input('amount') + outputs + rules.map(rule).join(''), `hitPolicy="${hitPolicy}"`));
	const one = () => table(output('x'), ['- => 1'], 'UNIQUE');
	const many = () => table(output('x'), ['- => 1', '- => 2'], 'COLLECT');
	const wide = () => table(output('x') + output('y'), ['- => 1 | 2'], 'UNIQUE');
	const none = () => table(output('x'), ['1 => 1'], 'UNIQUE');

	it.each<[string | null, () => Promise<DecisionModel>, unknown]>([
		[null, one, [{ x: 1 }]],
		[null, none, []],
		['resultList', many, [{ x: 1 }, { x: 2 }]],
		['singleEntry', one, 1],
		['singleEntry', none, null],
		['singleEntry', many, 'refused'],
		['singleEntry', wide, 'refused'],
		['singleResult', wide, { x: 1, y: 2 }],
		['singleResult', many, 'refused'],
		['collectEntries', many, [1, 2]],
		['collectEntries', wide, 'refused'],
	])('mapped as Camunda 7 does with %s', async (mapping, decision, expected) => {
		const attribute = mapping === null ? '' : `camunda:mapDecisionResult="${mapping}"`;
		const task = `<businessRuleTask id="rule" camunda:decisionRef="risk" camunda:resultVariable="r" ${attribute}/>`;
		const driver = (await driven(await decision(), task)).start({ amount: 0 }).agree('P');
		if (expected !== 'refused') expect(driver.agree('Q').value('r')).toEqual(expected);
		else expect(() => driver.agree('Q')).toThrow('decision-failed');
	});

	it.each<[string, () => Promise<DecisionModel>, object]>([
		['false', wide, { x: 1, y: 2 }],
		['false', many, { risk: [{ x: 1 }, { x: 2 }] }],
		['false', none, {}],
	])('becomes variables as in Flowable (needed: %s)', async (_, decision, expected) => {
		const driver = (await driven(await decision(), flowable('false'))).start({}).agree('P').agree('Q');
		const variables = Object.entries(driver.live.scopes[0]?.variables ?? {});
		expect(Object.fromEntries(variables.map(([name, { value }]) => [name, value]))).toEqual(expected);
	});

	it('has to be there where Flowable says so', async () => {
		const driver = (await driven(await none(), flowable('true'))).start({}).agree('P');
		expect(() => driver.agree('Q')).toThrow('No rule holds.');
	});

	const flowable = (needed: string) => `<serviceTask id="rule" flowable:type="dmn"><extensionElements>
		<flowable:field name="decisionTableReferenceKey"><flowable:string><![CDATA[risk]]></flowable:string></flowable:field>
		<flowable:field name="decisionTaskThrowErrorOnNoHits"><flowable:string>${needed}</flowable:string></flowable:field>
		</extensionElements></serviceTask>`;
});
