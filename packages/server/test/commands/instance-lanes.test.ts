import { describe, expect, it } from 'vitest';
import type { Decision, Job } from '../../src/commands/fold-jobs.ts';
import { InstanceLanes } from '../../src/commands/instance-lanes.ts';

const job = (user: string): Job => ({ command: { type: 'cancel-instance', user, opinion: '' }, idempotency: null });
const userOf = ({ command }: Job) => ('user' in command ? command.user : null) ?? '';
const failure = (text: string): Decision => ({ kind: 'failed', error: text });
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
	it('has one group under way, and what arrives meanwhile is the next one, in order', async () => {
		const groups: string[][] = [];
		const finish: (() => void)[] = [];
		const lanes = new InstanceLanes<string>(async (_target, jobs) => {
			groups.push(jobs.map(userOf));
			await new Promise<void>((resolve) => finish.push(resolve));
			return jobs.map((each) => failure(userOf(each)));
		});
		const decide = (...users: string[]) => users.map((user) => lanes.decide('one', 'one', job(user)));
		const early = decide('a', 'b');
		await tick();
		expect(groups).toEqual([['a', 'b']]);
		const late = [...decide('c'), ...decide('d')];
		finish[0]?.();
		await tick();
		expect(groups).toEqual([
			['a', 'b'],
			['c', 'd'],
		]);
		finish[1]?.();
		expect(await Promise.all([...early, ...late])).toEqual(['a', 'b', 'c', 'd'].map(failure));
	});

	it('does not wait for another instance', async () => {
		const lanes = new InstanceLanes<string>(async (target, jobs) => {
			if (target === 'slow') await new Promise(() => undefined);
			return jobs.map(() => failure(target));
		});
		void lanes.decide('slow', 'slow', job('a'));
		expect(await lanes.decide('quick', 'quick', job('b'))).toEqual(failure('quick'));
	});

	it('goes on after a group that threw', async () => {
		const groups: string[][] = [];
		let begin: () => void = () => undefined;
		const begun = new Promise<void>((resolve) => {
			begin = resolve;
		});
		const lanes = new InstanceLanes<string>(async (_target, jobs) => {
			groups.push(jobs.map(userOf));
			begin();
			await tick();
			if (groups.length === 1) throw new Error('broken');
			return jobs.map(() => failure('fine'));
		});
		const first = lanes.decide('one', '', job('a'));
		await begun;
		const second = lanes.decide('one', '', job('b'));
		expect(await first).toMatchObject({ kind: 'failed', error: new Error('broken') });
		expect(await second).toEqual(failure('fine'));
		expect(groups).toEqual([['a'], ['b']]);
	});
});
