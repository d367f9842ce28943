import type { ProcessModel } from '../model/process-model.ts';
import type { Exploration } from './explore.ts';
import { type Problem, problemKey } from './problems.ts';

/** An instance begins at one of several start events, so the others are not there for it. */
export function withOneStart(model: ProcessModel): readonly ProcessModel[] {
	const starts = Object.values(model.nodes).filter(({ kind, parent }) => kind === 'startEvent' && parent === model.id);
	if (starts.length < 2) return [model];
	return starts.map((start) => {
		const nodes = Object.entries(model.nodes).filter(([, node]) => node === start || !starts.includes(node));
		return { ...model, nodes: Object.fromEntries(nodes) };
	});
}

/** A node is dead where no start leads to it; anything else is told once, at the first start that it shows at. */
export function together(explorations: readonly Exploration[]): Exploration {
	const problems = new Map<string, Problem>();
	for (const problem of explorations.flatMap((each) => each.problems)) {
		const key = problemKey(problem);
		const isEverywhere = () => explorations.every((each) => each.problems.some((other) => problemKey(other) === key));
		if (!problems.has(key) && (problem.kind !== 'dead-node' || isEverywhere())) problems.set(key, problem);
	}
	return {
		states: new Map(explorations.flatMap(({ states }) => [...states])),
		complete: explorations.every(({ complete }) => complete),
		problems: [...problems.values()],
	};
}
