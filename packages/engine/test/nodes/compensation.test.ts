import { describe, expect, it } from 'vitest';
import { explore } from '../../src/verify/explore.ts';
import { ASKED_FOR_BESIDE, COMPENSATED_MODELS, handlers, thrower, undoneBy } from '../models/compensated-models.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

type Name = keyof typeof COMPENSATED_MODELS;

function begun(name: Name, ...tasks: readonly string[]): Driver {
	const driver = new Driver(COMPENSATED_MODELS[name]).start();
	for (const task of tasks) driver.agree(task);
	return driver;
}

describe('a compensation event', () => {
	it('has what is completed compensated, the latest first, and then goes on', () => {
		const driver = begun('two in a row', 'A', 'B');
		expect(driver.open()).toEqual(['UB']);
		expect(driver.agree('UB').open()).toEqual(['UA']);
		expect(driver.agree('UA').open()).toEqual(['T']);
		expect(driver.agree('T').live.status).toBe('agreed');
		expect(Object.keys(driver.live.scopes)).toEqual(['0']);
	});

	it('that names an activity has that one compensated', () => {
		const driver = begun('one of two', 'A', 'B');
		expect(driver.open()).toEqual(['UA']);
		expect(driver.agree('UA').open()).toEqual(['T']);
	});

	it('goes on at once where nothing is completed, or all is compensated already', () => {
		const driver = begun('parallel branches that both compensate', 'A', 'D');
		expect(driver.open()).toEqual(['B', 'UA']);
		expect(driver.agree('UA').agree('B').open()).toEqual(['UB']);
		expect(driver.agree('UB').open()).toEqual(['T']);
	});

	it('that is not waited for goes on beside', () => {
		const driver = begun('beside', 'A', 'B');
		expect(driver.open()).toEqual(['T', 'UB']);
		expect(driver.agree('T').live.status).toBe('in_process');
		expect(driver.agree('UB').agree('UA').live.status).toBe('agreed');
	});

	it('compensates every visit of a loop', () => {
		const driver = begun('in a loop').agree('A', { more: 1 }).agree('A', { more: 0 });
		expect(driver.open()).toEqual(['UA']);
		expect(driver.agree('UA').open()).toEqual(['UA']);
		expect(driver.agree('UA').open()).toEqual(['T']);
	});

	it('in an event subprocess acts for the scope around it, also when it interrupted that', () => {
		const driver = begun('a saga', 'A').agree('B', { bad: 1 });
		expect(driver.open()).toEqual(['R']);
		expect(driver.agree('R').open()).toEqual(['UB']);
		expect(driver.agree('UB').agree('UA').live.status).toBe('agreed');
	});
});

describe('what can be compensated', () => {
	it('is a subprocess, by what was completed in it', () => {
		const driver = begun('a subprocess by what was done in it', 'B', 'A', 'P');
		expect(driver.open()).toEqual(['UA']);
		expect(driver.agree('UA').agree('UB').open()).toEqual(['T']);
	});

	it('is each of several runs, those of a parallel activity at once and with their variables', () => {
		const driver = begun('runs at once');
		for (const { id: task } of Object.values(driver.live.tasks)) {
			driver.accept({ type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
		}
		driver.agree('B').agree('UB');
		expect(driver.open()).toEqual(['UA', 'UA']);
		const counters = Object.values(driver.live.tasks).map(
			(task) => driver.live.scopes[task.scope]?.variables.loopCounter,
		);
		expect(counters.map((version) => version?.value).sort()).toEqual([0, 1]);
	});

	it('is a script by a script, and a call or external work by external work', async () => {
		const model = await readModel(`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
			<scriptTask id="S" scriptFormat="feel" sendback:resultVariable="n"><script>n + 1</script></scriptTask>
			<scriptTask id="US" isForCompensation="true" scriptFormat="feel" sendback:resultVariable="n"><script>n * 10</script></scriptTask>
			<serviceTask id="W" sendback:topic="pay" sendback:effect="pure"/>
			<serviceTask id="UW" isForCompensation="true" sendback:topic="repay" sendback:effect="pure"/>
			${undoneBy('S', 'US')}${undoneBy('W', 'UW')}${thrower('C')}
			${arrows('start -> P, P -> S, S -> W, W -> C, C -> T, T -> end')}`);
		const driver = new Driver(model).start({ n: 1 }).agree('P').completeJob('W');
		expect(driver.live.tokens[driver.armed('UW')]?.arm).toMatchObject({ topic: 'repay' });
		expect(driver.completeJob('UW').open()).toEqual(['T']);
		expect(driver.value('n')).toBe(20);
	});

	it('is not what was interrupted', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('T')}<endEvent id="end"/>${thrower('C')}
			<subProcess id="sub"><startEvent id="s"/>${userTasks('A', 'B')}${handlers('UA')}${undoneBy('A', 'UA')}${arrows('s -> A, A -> B')}</subProcess>
			<boundaryEvent id="stop" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>
			${arrows('start -> sub, sub -> T, stop -> C, C -> T, T -> end')}`,
			'<message id="m" name="stop"/>',
		);
		expect(new Driver(model).start().agree('A').trigger('stop').open()).toEqual(['T']);
	});
});

function decideAll(driver: Driver, node: string): void {
	for (const { id: task } of Object.values(driver.live.tasks).filter((open) => open.node === node)) {
		driver.accept({ type: 'decide-task', task, user: 'alpha', decision: 'agree', opinion: '', variables: {} });
	}
}

/** From a compensation, to a task or to all its runs. */
function sendBackTo(driver: Driver, node: string): void {
	const from = Object.values(driver.live.tasks).find((open) => open.node.startsWith('U'))?.id ?? 'none';
	const firings = driver.log.filter((event) => event.type === 'NodeFired');
	const to = firings.findLast((firing) => firing.node === node && firing.completion !== undefined)?.completion;
	driver.accept({
		type: 'roll-back',
		rollback: 'rollback',
		task: from,
		user: 'alpha',
		to: to?.loop ?? to?.task ?? 'none',
		opinion: '',
		resume: 'replay',
	});
}

describe('sending back', () => {
	it('from a compensation to what is compensated undoes both', () => {
		const driver = begun('two in a row', 'A', 'B', 'UB').rollBack('UA', 'B');
		expect(driver.open()).toEqual(['B']);
		expect(driver.agree('B').open()).toEqual(['UB']);
	});

	it.each(Object.entries(ASKED_FOR_BESIDE))(
		'to a task lets an event in another branch wait until %s can be compensated again',
		(_, model) => {
			const driver = new Driver(model).start();
			decideAll(driver, 'A');
			decideAll(driver, 'A2');
			const asked = driver.agree('B').open();
			expect(asked.length).toBeGreaterThan(0);
			sendBackTo(driver, 'A');
			expect(driver.marking()).toContain('flow:B_C');
			expect(driver.undoRollback('alpha').open()).toEqual(asked);
			sendBackTo(driver, 'A');
			decideAll(driver, 'A');
			decideAll(driver, 'A2');
			expect(driver.open()).toEqual(asked);
		},
	);

	it('to before the event makes all compensable again', () => {
		const driver = begun('a subprocess by what was done in it', 'A', 'B', 'P', 'UB', 'UA').rollBack('T', 'P');
		expect(driver.marking()).toEqual(['done:sub', 'task:P']);
		expect(driver.agree('P').agree('UB').agree('UA').open()).toEqual(['T']);
	});

	it('to one compensation undoes the later ones', () => {
		const driver = begun('two in a row', 'A', 'B', 'UB', 'UA').rollBack('T', 'UB');
		expect(driver.open()).toEqual(['UB']);
		expect(driver.agree('UB').open()).toEqual(['UA']);
	});

	it('comes straight back through a compensation', () => {
		const driver = begun('two in a row', 'A', 'B', 'UB', 'UA').rollBackDirect('T', 'B').agree('B');
		expect(driver.open()).toEqual(['T']);
		expect(driver.log.find(({ type }) => type === 'Resumed')).toMatchObject({ stopped: null });
	});
});

describe('verification', () => {
	/** Handlers that nothing ever calls: that is all there is to find. */
	const idle: Partial<Record<string, string>> = { 'one of two': 'UB', 'a subprocess that compensates': 'UX' };

	it.each(Object.entries(COMPENSATED_MODELS))(
		'explores %s whole, and finds only handlers that never run',
		(name, model) => {
			const problems = idle[name] === undefined ? [] : [{ kind: 'dead-node', node: idle[name] }];
			expect(explore(model, { states: 5_000 })).toMatchObject({ complete: true, problems });
		},
	);
});
