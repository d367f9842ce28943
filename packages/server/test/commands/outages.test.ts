import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../src/storage/storage-errors.ts';
import { buildOnce } from '../support/build.ts';
import {
	accepted,
	agreement,
	definitions,
	refusalOf,
	type Stage,
	sequence,
	setStage,
	TENANT,
	userTask,
} from '../support/services.ts';

/** Needs the whole of FEEL, so the step asks for it. */
const CHOICE = definitions(`
	<startEvent id="start"/><exclusiveGateway id="which" default="which_small"/>
	${userTask('large=bob')}${userTask('small=cat')}<endEvent id="end"/>
	<sequenceFlow id="start_which" sourceRef="start" targetRef="which"/>
	<sequenceFlow id="which_large" sourceRef="which" targetRef="large">
		<conditionExpression xsi:type="tFormalExpression">= if matches(word, pattern) then true else false</conditionExpression>
	</sequenceFlow>
	<sequenceFlow id="which_small" sourceRef="which" targetRef="small"/>
	<sequenceFlow id="large_end" sourceRef="large" targetRef="end"/>
	<sequenceFlow id="small_end" sourceRef="small" targetRef="end"/>`);

let stage: Stage;
beforeAll(async () => {
	buildOnce();
	stage = await setStage({ two: sequence('manager=bob', 'finance=cat'), choice: CHOICE });
});
afterAll(() => stage.close());

describe('a database whose connections break', () => {
	it('loses nothing that was answered, and does nothing twice that is repeated with its key', async () => {
		const started = await Promise.all(Array.from({ length: 60 }, () => stage.start('two')));
		let isOver = false;
		const breaking = (async () => {
			while (!isOver) {
				await stage.database.query(
					'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
				);
				await new Promise((resolve) => setTimeout(resolve, 8));
			}
		})();
		let broken = 0;
		const answers = await Promise.all(
			started.map(async ({ opened }, index) => {
				const task = opened[0]?.id ?? '';
				const idempotency = { key: `app:${index}`, fingerprint: 'f' };
				for (let attempt = 0; attempt < 2_000; attempt++) {
					try {
						const answer = await stage.submit(task, agreement(task, 'bob'), idempotency);
						// A refusal would say that somebody else has decided the task.
						return accepted(answer);
					} catch (error) {
						if (!(error instanceof StorageUnavailable)) throw error;
						broken++;
						if (broken > 100) isOver = true;
						await new Promise((resolve) => setTimeout(resolve, 5));
					}
				}
				throw new Error('the database never came back');
			}),
		);
		isOver = true;
		await breaking;
		expect(broken).toBeGreaterThan(0);
		for (const [index, answer] of answers.entries()) {
			const { instance } = started[index] ?? {};
			expect(answer.instance).toBe(instance);
			const tasks = await stage.services.tasks.ofInstance(TENANT, instance ?? '');
			expect(tasks.map(({ node, status }) => [node, status])).toEqual([
				['start', 'completed'],
				['manager', 'agreed'],
				['finance', 'in_process'],
			]);
			expect(tasks[2]?.id).toBe(answer.opened[0]?.id);
		}
	});
});

describe('an expression that needs the whole of FEEL', () => {
	it('is evaluated outside the step', async () => {
		const yes = await stage.start('choice', { variables: { word: 'abc', pattern: '^a.*' } });
		expect(yes.opened.map(({ node }) => node)).toEqual(['large']);
		const no = await stage.start('choice', { variables: { word: 'xyz', pattern: '^a.*' } });
		expect(no.opened.map(({ node }) => node)).toEqual(['small']);
	});

	it('that does not come to an end refuses its own command, and holds up no other', async () => {
		const { commands } = stage.services;
		const request = { tenant: TENANT, namespace: 'demo__c', initiator: 'ann', businessKey: null, idempotency: null };
		const endless = { word: `${'a'.repeat(40)}!`, pattern: '^(a+)+$' };
		const order: string[] = [];
		const [slow, quick] = await Promise.all([
			commands.start({ ...request, flowId: 'choice', variables: endless }).finally(() => order.push('slow')),
			commands.start({ ...request, flowId: 'two', variables: {} }).finally(() => order.push('quick')),
		]);
		expect(refusalOf(slow)).toBe('condition-failed');
		expect(quick.ok).toBe(true);
		expect(order).toEqual(['quick', 'slow']);
	});
});
