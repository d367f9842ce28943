/** Where those who come wait for the end of a turn of the event loop, in the order that they are seen to. */
const STAGES = ['accept', 'decide', 'read', 'write', 'turn away'] as const;

type Stage = (typeof STAGES)[number];

const waiting: Record<Stage, (() => void)[]> = { accept: [], decide: [], read: [], write: [], 'turn away': [] };
let isEndDue = false;

/**
 * Collects what comes to a stage during this turn of the event loop and runs all of it at the end of the turn, in order.
 * So a stage of the work is done for many requests one after the other, and not all stages for one request after the other:
 * its code and what it touches are then still in the caches of the processor (docs/adr/0009-stages.md). The stages
 * follow each other at the end of the same turn: what leaves one without waiting for anything outside goes through the next
 * in that turn, and a lone request waits for nobody. What comes to a stage that has been goes through it in the next turn.
 */
export function atEndOfTurn(stage: Stage, run: () => void): void {
	waiting[stage].push(run);
	planEnd();
}

function planEnd(): void {
	if (isEndDue) return;
	isEndDue = true;
	// One each, because what a stage leaves to be done at once is done before the next of them.
	for (const stage of STAGES) setImmediate(runAll, stage);
	setImmediate(endTurn);
}

function runAll(stage: Stage): void {
	const runs = waiting[stage];
	waiting[stage] = [];
	for (const run of runs) run();
}

function endTurn(): void {
	isEndDue = false;
	if (STAGES.some((stage) => waiting[stage].length > 0)) planEnd();
}
