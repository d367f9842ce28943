/**
 * Collects what comes in during this turn of the event loop and runs all of it at the end of the turn, in order. So a
 * stage of the work is done for many requests one after the other, and not all stages for one request after the other:
 * its code and what it touches are then still in the caches of the processor (docs/adr/0009-stages.md). A
 * lone request waits for nobody.
 */
export function endOfTurn(): (run: () => void) => void {
	let collected: (() => void)[] = [];

	function runAll(): void {
		const due = collected;
		collected = [];
		for (const run of due) run();
	}

	return (run) => {
		if (collected.push(run) === 1) setImmediate(runAll);
	};
}
