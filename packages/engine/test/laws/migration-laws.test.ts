import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollbackPoints } from '../../src/causality/points.ts';
import { required } from '../../src/lookup.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { type Answer, questionKey } from '../../src/questions.ts';
import type { Done, InstanceState, Place } from '../../src/state.ts';
import type { ElementId, ScopeId } from '../../src/terms.ts';
import { markingKey } from '../../src/verify/marking.ts';
import { migratedMarking } from '../../src/verify/replay.ts';
import { CALLED_FLOWS, calledModelOf } from '../models/called-models.ts';
import { type FurtherVersion, renamed, withTaskOn } from '../models/further-versions.ts';
import { type Driver, migration } from '../support/drive.ts';
import { GENERATORS } from './generators.ts';
import { type Choices, driveOn, driverOf, markingIn, randomVariables } from './random-run.ts';

const RUNS = 30;
const STEPS_BEFORE = 10;
const STEPS_AFTER = 12;

/** The called flows, as whoever reads an instance is given them. */
const CALLED: ReadonlyMap<string, Answer> = new Map(
	Object.entries(CALLED_FLOWS).map(([flowId, model]) => {
		const question = { kind: 'flow', flowId, version: 1 } as const;
		return [questionKey(question), { kind: 'flow', flow: { version: 1, model } }];
	}),
);

/** Drives an instance, moves it, and drives it on by the other version, every law of rollback checked after every step. */
function migrateOnTheWay(
	model: ProcessModel,
	choices: Choices,
	move: (driver: Driver) => FurtherVersion['map'],
): 'moved' | 'ended' {
	const driver = driverOf(model);
	const variables = randomVariables(model, choices, 1);
	if (driver.try({ type: 'start-instance', initiator: 'initiator', variables }).kind !== 'accepted') return 'ended';
	driver.start(variables);
	driveOn(driver, choices() % STEPS_BEFORE, choices);
	if (driver.live.status !== 'in_process') return 'ended';
	const before = driver.live;
	const map = move(driver);

	const expected = markingKey(markingIn(driver.model, inOtherWords(before, map, driver.model.id)));
	const landed = migratedMarking(driver.model, driver.log, calledModelOf);
	expect(landed && markingKey(landed)).toBe(expected);
	expect(markingKey(markingIn(driver.model, driver.live)), 'nothing can have become possible').toBe(expected);
	expect(Object.keys(driver.live.tasks)).toEqual(Object.keys(before.tasks));
	for (const task of Object.values(driver.live.tasks)) {
		const points = rollbackPoints(
			{ ...driver, state: driver.live, answers: CALLED },
			task.id,
			task.assignments[0]?.user ?? '',
		);
		expect(points).toMatchObject({ points: [] });
	}
	driveOn(driver, STEPS_AFTER, choices, model);
	return 'moved';
}

/** The state with other names for its elements, written without looking at how the core does it. */
function inOtherWords(state: InstanceState, map: FurtherVersion['map'], process: ElementId): InstanceState {
	const word = (id: ElementId): ElementId => map[id] ?? id;
	const inWords = (done: Done): Done => ({ ...done, node: word(done.node), inside: done.inside.map(inWords) });
	const tokens = Object.values(state.tokens).map((token) => {
		if (isCalled(state, token.scope)) return [token.id, token] as const;
		const [kind, ...rest] = token.place.split(':');
		const place = `${kind}:${word(rest.join(':'))}` as Place;
		return [token.id, { ...token, place, ...(token.done && { done: inWords(token.done) }) }] as const;
	});
	const scopes = Object.values(state.scopes).map((scope) => {
		if (isCalled(state, scope.id)) return [scope.id, scope] as const;
		return [scope.id, { ...scope, element: scope.kind === 'process' ? process : word(scope.element) }] as const;
	});
	return { ...state, tokens: Object.fromEntries(tokens), scopes: Object.fromEntries(scopes) };
}

/** Whether a scope is in a called flow, which stays as it is. */
function isCalled(state: InstanceState, id: ScopeId): boolean {
	const { kind, parent } = required(state.scopes, id);
	return kind === 'call' || (parent !== null && isCalled(state, parent));
}

/** Flows that a task can be put on: what follows an event-based gateway has to be an event. */
function openFlows({ flows, nodes }: ProcessModel): readonly string[] {
	return Object.values(flows)
		.filter(({ source }) => nodes[source]?.kind !== 'eventBasedGateway')
		.map(({ id }) => id);
}

describe('an instance that was moved at any time goes on by the other version', () => {
	const choices = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
	const check = (models: fc.Arbitrary<ProcessModel>, run: (model: ProcessModel, choices: Choices) => string): void => {
		let [tried, moved] = [0, 0];
		fc.assert(
			fc.property(models, choices, (model, stream) => {
				tried += 1;
				if (run(model, () => stream.next().value ?? 0) === 'moved') moved += 1;
			}),
			{ numRuns: RUNS, interruptAfterTimeLimit: 20_000 },
		);
		// A slow machine comes to fewer in its time.
		expect(moved).toBeGreaterThan(tried / 10);
	};

	it.each(Object.entries(GENERATORS))('where everything has another id: %s', (_name, models) => {
		check(models, (model, next) =>
			migrateOnTheWay(model, next, (driver) => {
				const further = renamed(model);
				driver.deploy(further.model).migrate(further.map);
				return further.map;
			}),
		);
	});

	it.each(Object.entries(GENERATORS))('where there is one task more: %s', (_name, models) => {
		check(models, (model, next) =>
			migrateOnTheWay(model, next, (driver) => {
				const flows = openFlows(model);
				const flow = flows[next() % flows.length] ?? '';
				const further = withTaskOn(model, flow);
				const waits = Object.values(driver.live.tokens).some(
					({ place, scope }) => place === `flow:${flow}` && !isCalled(driver.live, scope),
				);
				driver.deploy(further.model);
				if (waits) expect(driver.migrationProblems()).toEqual([`flow-gone ${flow}`]);
				const map = waits ? further.map : {};
				driver.accept(migration(map));
				return map;
			}),
		);
	});
});
