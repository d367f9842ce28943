import { apply } from '../../src/apply.ts';
import type { RollBack } from '../../src/commands.ts';
import type { EngineEvent, NodeFired } from '../../src/events.ts';
import { required } from '../../src/lookup.ts';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import { openTask } from '../../src/open-tasks.ts';
import type { InstanceState, OpenTask, Token } from '../../src/state.ts';
import type { FlowId, NodeId, ScopeId, Seq, TaskId, UserId, Variables } from '../../src/terms.ts';
import { byConditions } from '../../src/verify/conditions.ts';
import { complete, openTasks, settlements } from '../../src/verify/interpreter.ts';
import { markingOfState } from '../../src/verify/logged.ts';
import { type Marking, markingKey } from '../../src/verify/marking.ts';
import { canComplete } from '../../src/verify/reach.ts';
import { keptFirings, migratedMarking, replay } from '../../src/verify/replay.ts';
import { worldOf } from '../../src/verify/world.ts';
import { CALLED_FLOWS, calledModelOf, hasCalls } from '../models/called-models.ts';
import { WATCHED } from '../models/conditional-models.ts';
import { decidingGateways, decisionsOf, steer } from '../models/draft.ts';
import { Driver } from '../support/drive.ts';
import { equal, holds } from './law.ts';
import { minimalUndo } from './minimal-undo.ts';

/** A source of choices; fast-check gives the numbers, so that a failing run can be shrunk and repeated. */
export type Choices = () => number;

export interface RunReport {
	readonly rollbacks: number;
	readonly steps: number;
}

const BUDGET = { states: 4_000 };

/** With the decisions that the model takes and the flows that it calls. */
export function driverOf(model: ProcessModel): Driver {
	const driver = new Driver(model);
	driver.decisions = decisionsOf(model);
	driver.called = CALLED_FLOWS;
	return driver;
}

/** One instance driven at random, and every law checked after every step. */
export function randomRun(model: ProcessModel, steps: number, choices: Choices): RunReport {
	const driver = driverOf(model);
	const start = randomVariables(model, choices, 1);
	if (driver.try({ type: 'start-instance', initiator: 'initiator', variables: start }).kind !== 'accepted') {
		return { rollbacks: 0, steps: 0 };
	}
	driver.start(start);
	return driveOn(driver, steps, choices);
}

/** @param steering the model by whose gateways variables are chosen, where the driver's has got other names for them */
export function driveOn(driver: Driver, steps: number, choices: Choices, steering = driver.model): RunReport {
	let rollbacks = 0;
	let done = 0;
	for (; done < steps && driver.live.status === 'in_process'; done++) {
		const tasks = Object.values(driver.live.tasks);
		const armed = Object.values(driver.live.tokens).filter(({ arm }) => arm !== undefined && arm.kind !== 'condition');
		holds('unsound', tasks.length + armed.length > 0, 'an open instance waits for nobody and nothing');
		const happening = choices() % 4 === 0 || tasks.length === 0 ? pick(armed, choices) : undefined;
		const task = pick(tasks, choices);
		if (happening !== undefined || task === undefined) {
			if (happening !== undefined) happen(driver, happening);
			checkLog(driver);
			continue;
		}
		const target = choices() % 3 === 0 ? pick(allPoints(driver, task), choices) : undefined;
		if (target === undefined) completeChecked(driver, task, randomVariables(steering, choices, task.isStart ? 1 : 3));
		else {
			rollBackChecked(driver, task, target, choices);
			rollbacks += 1;
		}
		checkLog(driver);
	}
	return { rollbacks, steps: done };
}

/** What a return left waiting; the interpreter knows of no returns. */
function isHeld({ heldBy, awaits }: Token): boolean {
	return heldBy !== undefined || awaits !== undefined;
}

/** Something outside that a token waits for: a timer is due, a message came, a worker has done its work. */
function happen(driver: Driver, { id: token, arm }: Token): void {
	if (arm?.kind === 'job') driver.accept({ type: 'complete-job', token, variables: {} });
	else driver.happen(token);
}

/** Decides a task; the interpreter, deciding by the same variables, must be able to come to rest where the engine did. */
function completeChecked(driver: Driver, task: OpenTask, variables: Variables): void {
	const before = driver.live;
	const user = task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
	const command = { type: 'decide-task', task: task.id, user, decision: 'agree', opinion: '', variables } as const;
	const outcome = driver.try(command);
	// With these variables the model runs in a circle that has no task; refused whole, which is all there is to say.
	if (outcome.kind === 'refused' && outcome.rejection.code === 'run-limit') return;
	const from = driver.log.length;
	driver.accept(command);
	// Conditions of events are not looked at by the interpreter: they may come, or not.
	if (driver.log.slice(from).some((event) => event.type === 'NodeFired' && isCondition(driver.model.nodes[event.node])))
		return;
	if (task.resume !== undefined || Object.values(before.tokens).some(isHeld)) return;
	// A called flow decides by variables of its own, which the interpreter does not know.
	if (hasCalls(driver.model)) return;
	const completed = complete(driver.model, markingIn(driver.model, before), task.node, { token: task.token });
	const settled = settlements(
		driver.model,
		completed,
		byConditions(driver.model, valuesOf(driver.live)),
		BUDGET.states,
	);
	const reached = markingKey(markingIn(driver.model, driver.live));
	holds('unreachable', settled?.has(reached) ?? true, `${task.node} cannot lead to ${reached}`);
}

function rollBackChecked(driver: Driver, task: OpenTask, target: TaskId, choices: Choices): void {
	const before = driver.live;
	const log = [...driver.log];
	const user = task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
	const resume = choices() % 3 === 0 ? 'direct' : 'replay';
	const command: RollBack = { type: 'roll-back', rollback: 'r', task: task.id, user, to: target, opinion: '', resume };
	driver.accept(command);

	const event = driver.log.slice(log.length).find(({ type }) => type === 'RolledBack');
	if (event?.type !== 'RolledBack') throw new Error('no rollback was recorded');
	// All and only: the least set that leaves a legal run.
	const least = [...minimalUndo(driver.model, log, event.to.seq)].sort((a, b) => a - b);
	equal('touched', event.undone, least, 'what was undone');
	checkHolds(keptFirings(log), new Set(event.undone), driver.live);
	// The target is open, as a new task; the task that sent back is gone; concurrent work keeps its ids.
	const [reopened] = event.reopened;
	equal('touched', reopened?.node, event.to.node, 'the reopened node');
	equal('touched', openTask(driver.live, reopened?.id ?? ''), reopened, 'the reopened task');
	equal('touched', openTask(driver.live, task.id), undefined, 'the task that sent back');
	equal('touched', openTask(before, reopened?.id ?? ''), undefined, 'the reopened task before');
	const closed = new Set(event.closed.map(({ id }) => id));
	for (const open of Object.values(before.tasks)) {
		if (!closed.has(open.id)) equal('touched', openTask(driver.live, open.id), open, 'a concurrent task');
	}
	if (driver.log.at(-1) === event && choices() % 4 === 0) undoChecked(driver, before, user);
}

/** A rollback that is taken back leaves everything as it was. */
function undoChecked(driver: Driver, before: InstanceState, user: UserId): void {
	driver.accept({ type: 'undo-rollback', rollback: 'r', user, opinion: '' });
	equal('touched', { ...driver.live, nextSeq: 0 }, { ...before, nextSeq: 0 }, 'the state after taking it back');
}

/** A decision undone only because of what it read has its tokens back, and has not fired again on the old value. */
function checkHolds(kept: readonly NodeFired[], undone: ReadonlySet<Seq>, after: InstanceState): void {
	for (const { seq, reads, consumed } of kept) {
		if (!undone.has(seq) || !reads.some((read) => undone.has(read.seq))) continue;
		if (consumed.some(({ producer }) => undone.has(producer))) continue;
		const back = consumed.every(({ id }) => after.tokens[id] !== undefined);
		holds('unreachable', back, `decision ${seq} was taken again on the old value`);
	}
}

function checkLog(driver: Driver): void {
	const kept = keptFirings(driver.log);
	const replayed = replay(driver.model, kept, calledModelOf, migratedMarking(driver.model, driver.log, calledModelOf));
	holds('unreachable', replayed.kind === 'legal', JSON.stringify(replayed));
	if (driver.live.status !== 'in_process') return;
	const marking = markingIn(driver.model, driver.live);
	equal('unreachable', markingKey(marking), markingKey(replayed.marking), 'the marking');
	equal('unreachable', driver.open(), openTasks(marking), 'the open tasks');
	holds(
		'unsound',
		canComplete(driver.model, marking, BUDGET, { modelOf: calledModelOf }) !== 'no',
		`no way to end from ${markingKey(marking)}`,
	);
	checkReads(kept, driver.live, writersAtMigration(driver.log));
}

function isCondition(node: Node | undefined): boolean {
	return node !== undefined && 'trigger' in node && node.trigger?.kind === 'condition';
}

/** Every kept decision read the last write that is kept before it, and the live values are the last kept ones. */
function checkReads(kept: readonly NodeFired[], state: InstanceState, last: Map<string, number>): void {
	for (const { seq, reads, writes, opened } of kept) {
		for (const { scope, name, seq: read } of reads) {
			equal('unreachable', read, last.get(key(scope, name)) ?? 0, `what ${seq} read of ${name}`);
		}
		for (const { scope, name } of writes) last.set(key(scope, name), seq);
		for (const { id, variables } of opened ?? [])
			for (const name of Object.keys(variables)) last.set(key(id, name), seq);
	}
	for (const { id, variables } of Object.values(state.scopes)) {
		for (const [name, { seq }] of Object.entries(variables)) {
			equal('unreachable', seq, last.get(key(id, name)), `the writer of ${name}`);
		}
	}
	const processNames = [...last.keys()].filter((name) => name.startsWith('0 ')).sort();
	const liveNames = Object.keys(state.scopes[0]?.variables ?? {}).map((name) => key(0, name));
	equal('unreachable', liveNames.sort(), processNames, 'the variables of the process');
}

function key(scope: number, name: string): string {
	return `${scope} ${name}`;
}

/** Who had written what was live at the last migration. */
function writersAtMigration(log: readonly EngineEvent[]): Map<string, number> {
	const before = log.slice(0, 1 + log.findLastIndex(({ type }) => type === 'InstanceMigrated'));
	const state = before.reduce<InstanceState | null>(apply, null);
	return new Map(
		Object.values(state?.scopes ?? {}).flatMap(({ id, variables }) =>
			Object.entries(variables).map(([name, { seq }]): [string, number] => [key(id, name), seq]),
		),
	);
}

/** Every completed task in the token past of an open one, every occurrence; in a called flow those that it has had. */
function allPoints(driver: Driver, task: OpenTask): TaskId[] {
	const token = driver.live.tokens[task.token];
	const producers = new Map(keptFirings(driver.log).map((firing) => [firing.seq, firing]));
	const open = token === undefined ? [] : [token.producer];
	const called = calledAt(driver.live, task.scope);
	const seen = new Set<number>();
	const points: TaskId[] = [];
	for (let seq = open.pop(); seq !== undefined; seq = open.pop()) {
		const firing = producers.get(seq);
		if (seen.has(seq) || firing === undefined) continue;
		seen.add(seq);
		if (seq <= called) continue;
		if (firing.completion !== undefined) points.push(firing.completion.task);
		open.push(...firing.consumed.map(({ producer }) => producer));
	}
	return points.sort();
}

/** When the called flow that a scope is in was entered; 0 in the flow of the instance. */
function calledAt(state: InstanceState, id: ScopeId): Seq {
	const { kind, host, parent } = required(state.scopes, id);
	if (kind === 'call' && host !== null) return required(state.tokens, host).producer;
	return parent === null ? 0 : calledAt(state, parent);
}

export function markingIn(model: ProcessModel, state: InstanceState): Marking {
	return markingOfState(worldOf(model, calledModelOf), state);
}

function valuesOf(state: InstanceState): Variables {
	return Object.fromEntries(Object.entries(state.scopes[0]?.variables ?? {}).map(([name, { value }]) => [name, value]));
}

/** For about one in `every` of the deciding gateways, the variables that steer it to some of its flows. */
export function randomVariables(model: ProcessModel, choices: Choices, every: number): Variables {
	const models = hasCalls(model) ? [model, ...Object.values(CALLED_FLOWS)] : [model];
	const watched = Object.values(model.nodes).some(isCondition) ? WATCHED.filter(() => choices() % 2 === 0) : [];
	return Object.assign(
		{},
		...watched.map((name) => ({ [name]: choices() % 2 })),
		...models.flatMap((each) =>
			decidingGateways(each)
				.filter(() => choices() % every === 0)
				.map((gateway) => steer(each, gateway, randomFlows(each, gateway, choices))),
		),
	);
}

function randomFlows(model: ProcessModel, gateway: NodeId, choices: Choices): readonly FlowId[] {
	const { kind, outgoing } = required(model.nodes, gateway);
	const one = pick(outgoing, choices) ?? '';
	return kind === 'exclusiveGateway' ? [one] : outgoing.filter((flow) => flow === one || choices() % 2 === 0);
}

function pick<T>(items: readonly T[], choices: Choices): T | undefined {
	return items.length === 0 ? undefined : items[choices() % items.length];
}
