import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FeelEvaluator } from '../../src/expressions/feel-evaluator.ts';
import { buildOnce } from '../support/build.ts';

beforeAll(buildOnce);

let feel: FeelEvaluator;
afterEach(() => feel.close());

/** Backtracks for ages: FEEL's `matches` is the host's regular expression. */
const ENDLESS = 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")';

describe('the FEEL evaluator', () => {
	it('gives values of expressions', async () => {
		feel = new FeelEvaluator({ timeLimitMs: 2_000 });
		expect(await feel.evaluate('acme', 'amount > 1000 and "x" in tags', { amount: 1200, tags: ['x'] })).toEqual({
			ok: true,
			value: true,
		});
		expect(await feel.evaluate('acme', 'for x in [1,2,3] return x * x', {})).toEqual({ ok: true, value: [1, 4, 9] });
	});

	it('ends an expression that takes too long, and goes on with the next one', async () => {
		feel = new FeelEvaluator({ timeLimitMs: 300 });
		const started = performance.now();
		const [endless, next] = await Promise.all([feel.evaluate('acme', ENDLESS, {}), feel.evaluate('acme', '1 + 1', {})]);
		expect(endless).toEqual({ ok: false, message: 'The expression took longer than 300 ms.' });
		expect(next).toEqual({ ok: true, value: 2 });
		expect(performance.now() - started).toBeLessThan(10_000);
	});

	it('ends an expression that takes too much memory, and goes on with the next one', async () => {
		feel = new FeelEvaluator({ timeLimitMs: 20_000 });
		const greedy = 'count(for a in 1..3000, b in 1..3000 return string(a) + string(b))';
		const [hungry, next] = await Promise.all([feel.evaluate('acme', greedy, {}), feel.evaluate('acme', '2 + 2', {})]);
		expect(hungry).toMatchObject({ ok: false });
		expect(next).toEqual({ ok: true, value: 4 });
	});

	it('says what is wrong with an expression, and refuses a result that is too large', async () => {
		feel = new FeelEvaluator({ timeLimitMs: 2_000 });
		expect(await feel.evaluate('acme', '1 +', {})).toMatchObject({ ok: false });
		expect(await feel.evaluate('acme', 'for x in 1..20000 return "aaaaaaaa"', {})).toMatchObject({
			ok: false,
			message: /longer than/,
		});
	});

	it('turns away what is more than may wait', async () => {
		feel = new FeelEvaluator({ maxWaiting: 2, timeLimitMs: 2_000 });
		const answers = await Promise.all([1, 2, 3, 4, 5].map(() => feel.evaluate('acme', '1', {})));
		expect(answers.filter((answer) => answer === null).length).toBe(2);
	});

	it('is not charged for a main thread that was busy', async () => {
		feel = new FeelEvaluator({ timeLimitMs: 100 });
		await feel.evaluate('acme', '1', {});
		const answer = feel.evaluate('acme', '1 + 2', {});
		await Promise.resolve();
		const until = performance.now() + 400;
		while (performance.now() < until);
		expect(await answer).toEqual({ ok: true, value: 3 });
	});

	it('lets tenants take turns, so that one waits for one expression of another and not for all of them', async () => {
		feel = new FeelEvaluator({ maxWaiting: 4, timeLimitMs: 100 });
		let failed = 0;
		const long = Array.from({ length: 5 }, async () => {
			const answer = await feel.evaluate('acme', ENDLESS, {});
			if (answer?.ok === false) failed++;
		});
		expect(await feel.evaluate('acme', '1', {})).toBeNull();
		expect(await feel.evaluate('other', '1 + 1', {})).toEqual({ ok: true, value: 2 });
		expect(failed).toBeLessThan(3);
		await Promise.all(long);
		expect(failed).toBe(5);
	});
});
