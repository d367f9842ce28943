import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { placesBefore, zone } from '../../src/causality/zone.ts';
import { required } from '../../src/lookup.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { FlowId } from '../../src/terms.ts';
import { draw } from '../models/drawing.ts';
import { INCLUSIVE, INCLUSIVE_EXIT } from '../models/named-models.ts';

const LOOPING = draw('Start XorM OrS A OrJ XorAgain End', 'OrS B OrJ', 'XorAgain R XorM');
const NESTED = draw('Start AndS C OrJ2 End', 'AndS OrS A OrJ1 D OrJ2', 'OrS B OrJ1');

/** Every choice of them. */
function choicesOf(flows: readonly FlowId[]): readonly (readonly FlowId[])[] {
	const [first, ...rest] = flows;
	if (first === undefined) return [[]];
	return choicesOf(rest).flatMap((choice) => [choice, [first, ...choice]]);
}

/** As BPMN 2.0 says it, 13.4.3. */
function isAwaited(model: ProcessModel, join: string, marked: readonly FlowId[], place: `flow:${string}`): boolean {
	const empty = required(model.nodes, join).incoming.filter((flow) => !marked.includes(flow));
	return placesBefore(model, join, empty).has(place) && !placesBefore(model, join, marked).has(place);
}

it.each([
	['of three branches', INCLUSIVE],
	['with an exit', INCLUSIVE_EXIT],
	['in a loop', LOOPING],
	['after another', NESTED],
])(
	'an inclusive join %s waits where an empty in-flow can be reached and no marked one, whatever is marked',
	(_, model) => {
		const joins = Object.values(model.nodes).filter(
			({ kind, incoming }) => kind === 'inclusiveGateway' && incoming.length > 1,
		);
		expect(joins).not.toEqual([]);
		for (const { id, incoming } of joins) {
			for (const marked of choicesOf(incoming)) {
				const awaited = zone(model, id, marked);
				const places = Object.keys(model.flows).map((flow) => `flow:${flow}` as const);
				expect(places.filter((place) => awaited.has(place))).toEqual(
					places.filter((place) => isAwaited(model, id, marked, place)),
				);
			}
		}
	},
);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

it('of an inclusive join nothing is kept for what was marked once', () => {
	const branches = Array.from({ length: 14 }, (_, branch) => `OrS A${branch} B${branch} C${branch} OrJ`);
	const model = draw('Start OrS OrJ End', ...branches);
	const choices = choicesOf(required(model.nodes, 'OrJ').incoming.slice(1));
	zone(model, 'OrJ', []);
	collect();
	const before = process.memoryUsage().heapUsed;
	expect(choices.filter((marked) => zone(model, 'OrJ', marked).has('task:A0'))).toHaveLength(2 ** 13);
	collect();
	expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
});

it('of thousands of inclusive joins, each with all of the others before it, little is kept', () => {
	const joins = Array.from({ length: 1_000 }, (_, index) => `OrJ${index}`);
	const model = draw(
		`Start ${joins.join(' ')} End`,
		`Start ${joins.flatMap((join) => [join, `P${join}`]).join(' ')} End`,
	);
	collect();
	const before = process.memoryUsage().heapUsed;
	const [first = ''] = required(model.nodes, 'Start').outgoing;
	for (const join of joins) expect(zone(model, join, []).has(`flow:${first}`)).toBe(true);
	collect();
	expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
});
