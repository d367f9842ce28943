import type { ProcessModel } from '../../src/model/process-model.ts';
import { explore } from '../../src/verify/explore.ts';
import type { Granularity } from '../../src/verify/granularity.ts';

/** Markings that a generated model may have at most, so that every property stays quick. */
export const MAX_STATES = 3_000;

/**
 * Sound, safe and small in the strictest sense: explored whole, every firing in every order, without a problem; and no
 * run can go on without anybody doing something.
 */
export function isUsable(model: ProcessModel): boolean {
	if (loopsWithoutTask(model)) return false;
	// Most unsound models are found out by the far smaller exploration of decisions.
	return isSound(model, 'decision') && isSound(model, 'firing');
}

function isSound(model: ProcessModel, granularity: Granularity): boolean {
	const { complete, problems } = explore(model, { states: MAX_STATES, problems: 1 }, granularity);
	return complete && problems.length === 0;
}

function loopsWithoutTask(model: ProcessModel): boolean {
	const open = new Set(Object.keys(model.nodes).filter((id) => model.nodes[id]?.kind !== 'userTask'));
	const flows = Object.values(model.flows);
	// Nodes that no remaining node leads to lie on no cycle of remaining nodes.
	for (let before = -1; before !== open.size; ) {
		before = open.size;
		for (const id of open) {
			if (!flows.some(({ source, target }) => target === id && open.has(source))) open.delete(id);
		}
	}
	return open.size > 0;
}
