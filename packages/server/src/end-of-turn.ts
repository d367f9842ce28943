interface Stage {
	runs: (() => void)[];
	/** Whether its end of this turn is still to come. */
	isDue: boolean;
}

/** Where the way of a request waits for the end of a turn of the event loop, in the order that it comes there. */
const STAGES = {
	accept: emptyStage(),
	decide: emptyStage(),
	read: emptyStage(),
	write: emptyStage(),
};
const IN_ORDER: readonly Stage[] = Object.values(STAGES);

function emptyStage(): Stage {
	return { runs: [], isDue: false };
}

/**
 * Collects what comes to a stage during this turn of the event loop and runs all of it at the end of the turn, in order.
 * So a stage of the work is done for many requests one after the other, and not all stages for one request after the other:
 * its code and what it touches are then still in the caches of the processor (docs/adr/0009-stages.md). The stages
 * follow each other at the end of the same turn: what leaves one without waiting for anything outside goes through the next
 * in that turn, and a lone request waits for nobody. A later stage that was due before (a batch came back, and its place is
 * free) goes first, and what comes there after it goes in the next turn.
 */
export function atEndOfTurn(name: keyof typeof STAGES, run: () => void): void {
	const stage = STAGES[name];
	stage.runs.push(run);
	if (stage.isDue) return;
	for (const each of IN_ORDER.slice(IN_ORDER.indexOf(stage))) {
		if (each.isDue) continue;
		each.isDue = true;
		// What these leave to be done at once is done before the next of them.
		setImmediate(runAll, each);
	}
}

function runAll(stage: Stage): void {
	const { runs } = stage;
	stage.runs = [];
	stage.isDue = false;
	for (const run of runs) run();
}
