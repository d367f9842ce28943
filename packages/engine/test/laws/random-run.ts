import { expect } from 'vitest';
import type { RollBack } from '../../src/commands.ts';
import type { NodeFired } from '../../src/events.ts';
import { required } from '../../src/lookup.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { InstanceState, OpenTask } from '../../src/state.ts';
import type { FlowId, NodeId, Seq, TaskId, Variables } from '../../src/terms.ts';
import { byConditions } from '../../src/verify/conditions.ts';
import { complete, openTasks, settlements } from '../../src/verify/interpreter.ts';
import { type Marking, markingKey, markingOf } from '../../src/verify/marking.ts';
import { canComplete } from '../../src/verify/reach.ts';
import { keptFirings, replay } from '../../src/verify/replay.ts';
import { decidingGateways, steer } from '../models/draft.ts';
import { Driver } from '../support/drive.ts';
import { minimalUndo } from './minimal-undo.ts';

/** A source of choices; fast-check gives the numbers, so that a failing run can be shrunk and repeated. */
export type Choices = () => number;

export interface RunReport {
	readonly rollbacks: number;
	readonly steps: number;
}

const BUDGET = { states: 4_000 };

/** One instance driven at random, and every law checked after every step. */
export function randomRun(model: ProcessModel, steps: number, choices: Choices): RunReport {
	const driver = new Driver(model);
	const start = randomVariables(model, choices, 1);
	if (driver.try({ type: 'start-instance', initiator: 'initiator', variables: start }).kind !== 'accepted') {
		return { rollbacks: 0, steps: 0 };
	}
	driver.start(start);
	let rollbacks = 0;
	let done = 0;
	for (; done < steps && driver.live.status === 'in_process'; done++) {
		const tasks = Object.values(driver.live.tasks);
		const task = pick(tasks, choices);
		if (task === undefined) throw new Error('an open instance without an open task');
		const target = choices() % 3 === 0 ? pick(allPoints(driver, task), choices) : undefined;
		if (target === undefined) completeChecked(driver, task, randomVariables(model, choices, task.isStart ? 1 : 3));
		else {
			rollBackChecked(driver, task, target);
			rollbacks += 1;
		}
		checkLog(driver);
	}
	return { rollbacks, steps: done };
}

/** Decides a task; the interpreter, deciding by the same variables, must be able to come to rest where the engine did. */
function completeChecked(driver: Driver, task: OpenTask, variables: Variables): void {
	const before = driver.live;
	const user = task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
	const command = { type: 'decide-task', task: task.id, user, decision: 'agree', opinion: '', variables } as const;
	const outcome = driver.try(command);
	// With these variables the model runs in a circle that has no task; refused whole, which is all there is to say.
	if (outcome.kind === 'refused' && outcome.rejection.code === 'run-limit') return;
	driver.accept(command);
	if (Object.values(before.tokens).some(({ heldBy }) => heldBy !== undefined)) return;
	const completed = complete(driver.model, markingOfState(before), task.node);
	const settled = settlements(
		driver.model,
		completed,
		byConditions(driver.model, valuesOf(driver.live)),
		BUDGET.states,
	);
	if (settled !== null) expect([...settled.keys()]).toContain(markingKey(markingOfState(driver.live)));
}

function rollBackChecked(driver: Driver, task: OpenTask, target: TaskId): void {
	const before = driver.live;
	const log = [...driver.log];
	const user = task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
	const command: RollBack = { type: 'roll-back', rollback: 'r', task: task.id, user, to: target, opinion: '' };
	driver.accept(command);

	const event = driver.log.slice(log.length).find(({ type }) => type === 'RolledBack');
	if (event?.type !== 'RolledBack') throw new Error('no rollback was recorded');
	// All and only: the least set that leaves a legal run.
	expect(event.undone).toEqual([...minimalUndo(driver.model, log, event.to.seq)].sort((a, b) => a - b));
	checkHolds(keptFirings(log), new Set(event.undone), driver.live);
	// The target is open, as a new task; the task that sent back is gone; concurrent work keeps its ids.
	expect(driver.live.tasks[event.reopened.id]?.node).toBe(event.to.node);
	expect(driver.live.tasks[task.id]).toBeUndefined();
	expect(before.tasks[event.reopened.id]).toBeUndefined();
	const closed = new Set(event.closed.map(({ id }) => id));
	for (const open of Object.values(before.tasks)) {
		if (!closed.has(open.id)) expect(driver.live.tasks[open.id]).toEqual(open);
	}
}

/** A decision undone only because of what it read has its tokens back, and has not fired again on the old value. */
function checkHolds(kept: readonly NodeFired[], undone: ReadonlySet<Seq>, after: InstanceState): void {
	for (const { seq, reads, consumed } of kept) {
		if (!undone.has(seq) || !reads.some((read) => undone.has(read.seq))) continue;
		if (consumed.some(({ producer }) => undone.has(producer))) continue;
		for (const { id } of consumed) expect(after.tokens[id]).toBeDefined();
	}
}

function checkLog(driver: Driver): void {
	const kept = keptFirings(driver.log);
	const replayed = replay(driver.model, kept);
	expect(replayed.kind === 'illegal' ? replayed : 'legal').toBe('legal');
	if (driver.live.status !== 'in_process') return;
	const marking = markingOfState(driver.live);
	expect(markingKey(replayed.marking)).toBe(markingKey(marking));
	expect(openTasks(marking)).toEqual(driver.open());
	expect(canComplete(driver.model, marking, BUDGET)).not.toBe('no');
	checkReads(kept, driver.live);
}

/** Every kept decision read the last write that is kept before it, and the live values are the last kept ones. */
function checkReads(kept: readonly NodeFired[], state: InstanceState): void {
	const last = new Map<string, number>();
	for (const { seq, reads, writes } of kept) {
		for (const read of reads) expect(read.seq).toBe(last.get(read.name) ?? 0);
		for (const write of writes) last.set(write.name, seq);
	}
	const live = Object.entries(state.scopes[0]?.variables ?? {}).map(([name, version]) => [name, version.seq] as const);
	expect(new Map(live)).toEqual(last);
}

/** Every completed task in the token past of an open one, every occurrence. */
function allPoints(driver: Driver, task: OpenTask): TaskId[] {
	const token = driver.live.tokens[task.token];
	const producers = new Map(keptFirings(driver.log).map((firing) => [firing.seq, firing]));
	const open = token === undefined ? [] : [token.producer];
	const seen = new Set<number>();
	const points: TaskId[] = [];
	for (let seq = open.pop(); seq !== undefined; seq = open.pop()) {
		const firing = producers.get(seq);
		if (seen.has(seq) || firing === undefined) continue;
		seen.add(seq);
		if (firing.completion !== undefined) points.push(firing.completion.task);
		open.push(...firing.consumed.map(({ producer }) => producer));
	}
	return points.sort();
}

export function markingOfState(state: InstanceState): Marking {
	return markingOf(Object.values(state.tokens).map(({ place }) => place));
}

function valuesOf(state: InstanceState): Variables {
	return Object.fromEntries(Object.entries(state.scopes[0]?.variables ?? {}).map(([name, { value }]) => [name, value]));
}

/** For about one in `every` of the deciding gateways, the variables that steer it to some of its flows. */
function randomVariables(model: ProcessModel, choices: Choices, every: number): Variables {
	const chosen = decidingGateways(model).filter(() => choices() % every === 0);
	return Object.assign({}, ...chosen.map((gateway) => steer(model, gateway, randomFlows(model, gateway, choices))));
}

function randomFlows(model: ProcessModel, gateway: NodeId, choices: Choices): readonly FlowId[] {
	const { kind, outgoing } = required(model.nodes, gateway);
	const one = pick(outgoing, choices) ?? '';
	return kind === 'exclusiveGateway' ? [one] : outgoing.filter((flow) => flow === one || choices() % 2 === 0);
}

function pick<T>(items: readonly T[], choices: Choices): T | undefined {
	return items.length === 0 ? undefined : items[choices() % items.length];
}
