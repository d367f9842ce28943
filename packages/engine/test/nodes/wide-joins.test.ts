import { expect, it } from 'vitest';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** Far above what they take (0.7 s at most when this was written), far below what looking at all tokens for each one takes. */
const LIMIT_MS = 4_000;

/** So many flows straight to the join, so many by two tasks that take no time, and one by a task of somebody. */
function wide(kind: 'parallel' | 'inclusive', direct: number, automatic: number) {
	const flows = Array.from(
		{ length: direct },
		(_, branch) => `<sequenceFlow id="direct${branch}" sourceRef="split" targetRef="join"/>`,
	);
	const tasks = Array.from(
		{ length: automatic },
		(_, branch) => `<task id="A${branch}"/><task id="B${branch}"/>
		${arrows(`split -> A${branch}, A${branch} -> B${branch}, B${branch} -> join`)}`,
	);
	return readModel(
		`<startEvent id="start"/><${kind}Gateway id="split"/><${kind}Gateway id="join"/>${userTasks('U', 'T')}<endEvent id="end"/>
		${flows.join('')}${tasks.join('')}${arrows('start -> split, split -> U, U -> join, join -> T, T -> end')}`,
	);
}

it.each([
	['parallel', 150, 150],
	['inclusive', 1_500, 0],
] as const)('a %s gateway joins hundreds of branches in one command', async (kind, direct, automatic) => {
	const driver = new Driver(await wide(kind, direct, automatic));
	const before = performance.now();
	driver.start();
	expect(performance.now() - before).toBeLessThan(LIMIT_MS);
	expect(driver.open()).toEqual(['U']);
	expect(driver.agree('U').marking()).toEqual(['task:T']);
	const joined = driver.log.find((event) => event.type === 'NodeFired' && event.node === 'join');
	const ids = joined?.type === 'NodeFired' ? joined.consumed.map(({ id }) => id) : [];
	expect(ids).toHaveLength(direct + automatic + 1);
	expect(ids).toEqual(ids.toSorted((a, b) => a - b));
});
