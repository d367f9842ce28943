import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../src/bpmn/parse-model.ts';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import { byConditions } from '../../src/verify/conditions.ts';
import { explore } from '../../src/verify/explore.ts';
import { inclusiveJoinInput } from '../../src/verify/inclusive-join.ts';
import { holds, PROCESS_SCOPE, scopeOf, tokensOf } from '../../src/verify/marking.ts';
import { isInclusiveJoin, netOf } from '../../src/verify/net.ts';
import { blockModel } from '../models/blocks.ts';
import { choiceVariable, decidingGateways, steer } from '../models/draft.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { NAMED_MODELS } from '../models/named-models.ts';
import { picker, possibleDecisions, scenario, writtenBy } from '../models/scenario.ts';
import { eventModel, multiInstanceModel, subprocessModel } from '../models/scoped-models.ts';
import { toBpmnXml } from '../models/to-bpmn-xml.ts';
import { unstructuredModel } from '../models/unstructured.ts';

const GENERATORS = {
	blocks: blockModel(),
	'blocks that may terminate': blockModel({ withTerminate: true }),
	'unstructured graphs': unstructuredModel(),
	'exits past inclusive joins': inclusiveExitModel(),
	subprocesses: subprocessModel(),
	'repeated activities': multiInstanceModel(),
	events: eventModel(),
};

const ANY_MODEL = fc.oneof(...Object.values(GENERATORS), fc.constantFrom(...Object.values(NAMED_MODELS)));

/** Block models are sound as they are made, whatever their size; the few beyond this are not explored whole. */
const BUDGET = { states: 5_000 };

describe.each(Object.entries(GENERATORS))('%s', (_, models) => {
	it('are always sound and safe', () => {
		fc.assert(
			fc.property(models, (model) => {
				expect(explore(model, BUDGET, 'firing').problems).toEqual([]);
			}),
			{ numRuns: 100, interruptAfterTimeLimit: 10_000 },
		);
	});

	it('are well formed', () => {
		fc.assert(
			fc.property(models, (model) => {
				for (const node of Object.values(model.nodes)) expect(faultOf(model, node)).toBeNull();
				for (const { id, source, target } of Object.values(model.flows)) {
					expect(model.nodes[source]?.outgoing).toContain(id);
					expect(model.nodes[target]?.incoming).toContain(id);
					expect(model.nodes[source]?.parent).toBe(model.nodes[target]?.parent);
				}
				// Mutations go to 25; what is drawn may have more by itself.
				expect(Object.keys(model.nodes).length).toBeLessThanOrEqual(40);
			}),
			{ numRuns: 200, interruptAfterTimeLimit: 10_000 },
		);
	});
});

describe('the generators together', () => {
	const sample = (models: fc.Arbitrary<ProcessModel>) => fc.sample(models, { numRuns: 200, seed: 1 });
	const share = (models: readonly ProcessModel[], has: (model: ProcessModel) => boolean): number =>
		models.filter(has).length / models.length;

	it('make every kind of node', () => {
		const kinds = fc
			.sample(ANY_MODEL, { numRuns: 800, seed: 1 })
			.flatMap((model) => Object.values(model.nodes).map(({ kind }) => kind));
		expect([...new Set(kinds)].sort()).toEqual([
			'boundaryEvent',
			'businessRuleTask',
			'endEvent',
			'eventBasedGateway',
			'eventSubProcess',
			'exclusiveGateway',
			'inclusiveGateway',
			'intermediateCatchEvent',
			'intermediateThrowEvent',
			'parallelGateway',
			'passThrough',
			'receiveTask',
			'startEvent',
			'subProcess',
			'terminateEndEvent',
			'userTask',
		]);
	});

	it('make models in which a join fires although a branch of its split left past it', () => {
		expect(share(sample(inclusiveExitModel()), firesPartlyAfterExit)).toBeGreaterThan(0.6);
	});

	it('make gateways that join and split', () => {
		const mixed = (model: ProcessModel) =>
			Object.values(model.nodes).some(({ incoming, outgoing }) => incoming.length > 1 && outgoing.length > 1);
		expect(share(sample(unstructuredModel()), mixed)).toBeGreaterThan(0.1);
	});

	it('make models in which two tasks are open at once', () => {
		const concurrent = (model: ProcessModel) =>
			[...explore(model, BUDGET).states.values()].some(
				(marking) => [...new Set(tokensOf(marking))].filter((place) => place.startsWith('task:')).length > 1,
			);
		expect(share(sample(ANY_MODEL), concurrent)).toBeGreaterThan(0.5);
	});
});

describe('conditions of the models', () => {
	it('lead every gateway to every decision it can take, and to no other', () => {
		fc.assert(
			fc.property(ANY_MODEL, (model) => {
				for (const gateway of decidingGateways(model)) {
					for (const flows of possibleDecisions(model, gateway)) {
						expect(byConditions(model, steer(model, gateway, flows))(gateway)).toEqual(flows);
					}
					const outgoing = model.nodes[gateway]?.outgoing.length ?? 0;
					for (let value = 0; value < 2 ** outgoing; value++) {
						const flows = byConditions(model, { [choiceVariable(gateway)]: value })(gateway);
						if (flows.length > 0) expect(possibleDecisions(model, gateway)).toContainEqual(flows);
					}
				}
			}),
			{ numRuns: 100, interruptAfterTimeLimit: 10_000 },
		);
	});

	it('can be read from the start on, in every scenario', () => {
		fc.assert(
			fc.property(scenario(ANY_MODEL), (one) => {
				const variables = writtenBy(one, netOf(one.model).start, picker(one.picks));
				for (const gateway of decidingGateways(one.model)) {
					expect(byConditions(one.model, variables)(gateway)).not.toEqual([]);
				}
			}),
			{ numRuns: 100, interruptAfterTimeLimit: 10_000 },
		);
	});
});

describe('the XML of a model', () => {
	it('reads as the same model', async () => {
		await fc.assert(
			fc.asyncProperty(ANY_MODEL, async (model) => {
				const parsed = await parseModel(toBpmnXml(model));
				if (!parsed.ok) expect.fail(JSON.stringify(parsed.errors));
				expect(comparable(parsed.model.nodes)).toEqual(comparable(model.nodes));
				expect(parsed.model.flows).toEqual(model.flows);
			}),
			{ numRuns: 100, interruptAfterTimeLimit: 10_000 },
		);
	});
});

/** Without lines, and with in-flows in no order: it has no meaning. */
function comparable(nodes: ProcessModel['nodes']): ProcessModel['nodes'] {
	const plain = Object.values(nodes).map((node) => ({ ...node, line: 0, incoming: [...node.incoming].sort() }));
	return Object.fromEntries(plain.map((node) => [node.id, node]));
}

function faultOf(model: ProcessModel, node: Node): string | null {
	const { kind, incoming, outgoing } = node;
	const isGateway = kind.endsWith('Gateway');
	if (!isGateway && outgoing.length > 1) return `${node.id} splits`;
	if (kind === 'eventSubProcess') return incoming.length + outgoing.length === 0 ? null : `${node.id} has a way`;
	const begins = kind === 'startEvent' || kind === 'boundaryEvent';
	if (begins ? incoming.length > 0 : incoming.length === 0) return `${node.id} has a wrong way in`;
	const isEnd = kind === 'endEvent' || kind === 'terminateEndEvent';
	if (isEnd ? outgoing.length > 0 : outgoing.length === 0) return `${node.id} has a wrong way out`;
	if (kind !== 'exclusiveGateway' && kind !== 'inclusiveGateway') return null;
	const unconditional = outgoing.filter((flow) => model.flows[flow]?.condition === null);
	const allowed = outgoing.length === 1 || node.defaultFlow !== null ? 1 : 0;
	return unconditional.length === allowed ? null : `${node.id} has ${unconditional.length} flows without condition`;
}

/** Whether an inclusive join can fire with one in-flow empty while a token waits at another join behind it. */
function firesPartlyAfterExit(model: ProcessModel): boolean {
	const net = netOf(model);
	const joins = [...net.nodes.values()].filter(isInclusiveJoin);
	return [...explore(model, BUDGET).states.values()].some((marking) => {
		const scope = scopeOf(marking, PROCESS_SCOPE);
		return joins.some((join) => {
			const input = inclusiveJoinInput(net, join, scope);
			const waits = joins.some(
				(other) => other !== join && other.incoming.some((flow) => holds(scope, `flow:${flow}`)),
			);
			return input !== null && input.length < join.incoming.length && waits;
		});
	});
}
