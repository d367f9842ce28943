import { type ParsedModel, parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import type { Variables } from '@sendback/engine/terms.ts';
import { expect, it } from 'vitest';
import { LongLogs } from '../../src/commands/long-logs.ts';
import { type StepDependencies, type Subject, stepCommand } from '../../src/commands/step-command.ts';

const endless = await parseModel(`<?xml version="1.0" encoding="UTF-8"?>
	<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
		xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="test"><process id="process" isExecutable="true">
		<startEvent id="start"/><exclusiveGateway id="more" default="again"/><endEvent id="end"/>
		<scriptTask id="count" scriptFormat="feel" camunda:resultVariable="i"><script>= abs(i) + 1</script></scriptTask>
		<sequenceFlow id="begin" sourceRef="start" targetRef="count"/><sequenceFlow id="then" sourceRef="count" targetRef="more"/>
		<sequenceFlow id="again" sourceRef="more" targetRef="count"/><sequenceFlow id="never" sourceRef="more" targetRef="end">
		<conditionExpression xsi:type="tFormalExpression">= i = 0</conditionExpression></sequenceFlow></process></definitions>`);

/** What becomes of a start, with an answer to each question, and how many there were. */
async function startOf(parsed: ParsedModel, variables: Variables) {
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	let asked = 0;
	const deps = {
		clock: { now: () => 0 },
		ids: { room: () => null, peek: () => 1, advanceTo: () => undefined },
		answer: async () => ({ kind: 'evaluate', result: { ok: true, value: ++asked } }),
	} as unknown as StepDependencies;
	const subject = { model: parsed.model, state: null, uncommitted: [] } as unknown as Subject;
	const command = { type: 'start-instance', initiator: '1', variables } as const;
	const stepped = await stepCommand(deps, subject, command, new LongLogs().turn('acme'));
	return { stepped, asked };
}

it('refuses what asks without end', async () => {
	const { stepped, asked } = await startOf(endless, { i: 0 });
	expect(stepped).toMatchObject({ kind: 'refused', refusal: { code: 'run-limit', details: { limit: '300' } } });
	expect(asked).toBe(300);
});

it('refuses what takes long to come to each of its questions', async () => {
	const runs = await parseModel(`<?xml version="1.0" encoding="UTF-8"?>
	<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
		targetNamespace="test"><process id="process" isExecutable="true"><startEvent id="start"/>
		<scriptTask id="often" scriptFormat="feel" camunda:resultVariable="r">
			<standardLoopCharacteristics loopMaximum="1000"/><script>= 1</script></scriptTask>
		<sequenceFlow id="begin" sourceRef="start" targetRef="often"/><sequenceFlow id="then" sourceRef="often" targetRef="asks"/>
		<scriptTask id="asks" scriptFormat="feel" camunda:resultVariable="r">
			<standardLoopCharacteristics loopMaximum="250"/><script>= abs(1) + loopCounter</script></scriptTask>
		</process></definitions>`);
	const { stepped, asked } = await startOf(runs, {});
	expect(stepped).toMatchObject({ kind: 'refused', refusal: { code: 'run-limit', details: { effort: '60000000' } } });
	expect(asked).toBeLessThan(100);
});
