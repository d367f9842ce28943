import { describe, expect, it } from 'vitest';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const data = (name: string, type: string, value: string) =>
	`<dataObject id="data_${name}" name="${name}" itemSubjectRef="xsd:${type}">
		<extensionElements><camunda:value>${value}</camunda:value></extensionElements></dataObject>`;

describe('data objects with values', () => {
	const story = async () =>
		new Driver(
			await readModel(`${data('text', 'string', ' a b ')}${data('whole', 'int', '-5')}${data('long', 'long', '9000000000')}
				${data('real', 'double', '1.5e3')}${data('yes', 'boolean', 'true')}${data('when', 'datetime', '2026-01-02T03:04:05Z')}
				<dataObject id="nothing" name="nothing"/>
				<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
				<subProcess id="sub">${data('inner', 'int', '1')}<startEvent id="s"/>${userTasks('A', 'B')}<endEvent id="e"/>
					${arrows('s -> A, A -> B, B -> e')}</subProcess>
				${arrows('start -> P, P -> sub, sub -> T, T -> end')}`),
		);
	const values = (driver: Driver) =>
		Object.fromEntries(
			Object.entries(driver.live.scopes[0]?.variables ?? {}).map(([name, { value }]) => [name, value]),
		);

	it('are the variables that an instance begins with, unless its start says otherwise', async () => {
		const begun = { text: 'a b', whole: -5, long: 9_000_000_000, real: 1_500, yes: true, when: '2026-01-02T03:04:05Z' };
		expect(values((await story()).start())).toEqual(begun);
		expect(values((await story()).start({ whole: 7, more: 1 }))).toEqual({ ...begun, whole: 7, more: 1 });
	});

	it('are there again when the start is decided anew', async () => {
		const driver = (await story()).start({ whole: 7 });
		driver.rollBack('P', 'start');
		expect(values(driver)).toEqual({});
		expect(driver.task('start').draft).toEqual({ whole: 7 });
		expect(values(driver.agree('start'))).toMatchObject({ whole: -5, yes: true });
	});

	it('of a subprocess belong to it, and go back with it', async () => {
		const driver = (await story()).start().agree('P');
		const inside = () => driver.live.scopes[driver.task('A').scope]?.variables.inner?.value;
		expect(inside()).toBe(1);
		driver.agree('A', { inner: 2 });
		expect(driver.value('inner')).toBeUndefined();
		driver.rollBack('B', 'A');
		expect(inside()).toBe(1);
		driver.agree('A').agree('B');
		expect(Object.keys(driver.live.scopes)).toEqual(['0']);
	});
});
