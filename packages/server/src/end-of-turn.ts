/** Where the way of a request waits for the end of a turn of the event loop, in the order that it comes there. */
const STAGES = ['accept', 'decide', 'write'] as const;
export type Stage = (typeof STAGES)[number];

interface Collected {
	runs: (() => void)[];
	/** Whether its end of this turn is still to come. */
	isDue: boolean;
}

const collected: Readonly<Record<Stage, Collected>> = {
	accept: { runs: [], isDue: false },
	decide: { runs: [], isDue: false },
	write: { runs: [], isDue: false },
};

/**
 * Collects what comes to a stage during this turn of the event loop and runs all of it at the end of the turn, in order.
 * So a stage of the work is done for many requests one after the other, and not all stages for one request after the other:
 * its code and what it touches are then still in the caches of the processor (docs/adr/0009-stages.md). The stages
 * follow each other at the end of the same turn: what leaves one without waiting for anything outside goes through the next
 * in that turn, and a lone request waits for nobody.
 */
export function atEndOfTurn(stage: Stage, run: () => void): void {
	collected[stage].runs.push(run);
	if (collected[stage].isDue) return;
	for (const each of STAGES.slice(STAGES.indexOf(stage))) {
		if (collected[each].isDue) continue;
		collected[each].isDue = true;
		// What these leave to be done at once is done before the next of them.
		setImmediate(runAll, collected[each]);
	}
}

function runAll(stage: Collected): void {
	const { runs } = stage;
	stage.runs = [];
	stage.isDue = false;
	for (const run of runs) run();
}
