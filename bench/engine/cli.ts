/** What a step and a rollback cost the core alone, by the length of the history: `npm run bench:engine`. */
import { parseArgs } from 'node:util';
import { count } from '../support/progress.ts';
import { median, spread } from '../support/statistics.ts';
import { LoopInstance, microsOf } from './history-cost.ts';

const { values } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const LENGTHS = values.quick ? [50, 1_000, 10_000] : [50, 1_000, 100_000, 1_000_000];
const ROUNDS = values.quick ? 3 : 9;
const CALLS = values.quick ? 300 : 3_000;

const instances: LoopInstance[] = [];
for (const events of LENGTHS) {
	const instance = await LoopInstance.start();
	instance.growTo(events);
	instances.push(instance);
}
const rows = instances.map((instance) => ({
	events: instance.events,
	agree: [] as number[],
	rollback: [] as number[],
}));
// The first round is for the compiler, and not counted. All lengths take turns in every round.
for (let round = 0; round <= ROUNDS; round++) {
	for (const [index, instance] of instances.entries()) {
		const agree = microsOf(() => instance.tryAgree(), CALLS);
		const rollback = microsOf(() => instance.tryRollback(), CALLS);
		if (round === 0) continue;
		rows[index]?.agree.push(agree);
		rows[index]?.rollback.push(rollback);
	}
}

const shown = (times: readonly number[]) => {
	const { min, max } = spread(times);
	return `${median(times).toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
};
if (values.json) {
	process.stdout.write(`${JSON.stringify({ node: process.version, rounds: ROUNDS, calls: CALLS, rows }, null, 2)}\n`);
} else {
	process.stdout.write('| Events of history | agree, µs | rollback by one task, µs |\n|---:|---:|---:|\n');
	for (const { events, agree, rollback } of rows) {
		process.stdout.write(`| ${count(events)} | ${shown(agree)} | ${shown(rollback)} |\n`);
	}
}
