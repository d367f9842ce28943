/** Measures the goals and prints a table: `npm run bench`, `-- --only 4,5`, `-- --quick`, `-- --check`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { configurationLines, configurationOf } from '../support/configuration.ts';
import { openPostgres } from '../support/postgres.ts';
import { Bench } from './bench.ts';
import type { FigureResult } from './goal.ts';
import { GOALS } from './goals.ts';
import { table, targetText } from './report.ts';
import { format, runGoal } from './run-goal.ts';
import { FULL, QUICK } from './sizes.ts';

const { values } = parseArgs({
	options: {
		only: { type: 'string' },
		quick: { type: 'boolean', default: false },
		check: { type: 'boolean', default: false },
		rounds: { type: 'string' },
		'database-url': { type: 'string' },
		json: { type: 'string', default: 'bench/results/goals.json' },
	},
});
const only = values.only?.split(',').map(Number) ?? GOALS.map(({ number }) => number);
const unknown = only.filter((number) => !GOALS.some((goal) => goal.number === number));
if (unknown.length > 0) {
	process.stderr.write(`There is no goal ${unknown.join()}. Goals: ${GOALS.map(({ number }) => number).join()}\n`);
	process.exit(1);
}

const size = values.quick ? QUICK : FULL;
const sizes = { ...size, rounds: values.rounds === undefined ? size.rounds : Math.max(1, Number(values.rounds)) };
const log = (line: string) => process.stderr.write(`${line}\n`);
const postgres = await openPostgres(values['database-url'] ?? null);
const configuration = configurationOf(postgres);
for (const line of configurationLines(configuration)) log(line);

const results: FigureResult[] = [];
const failures: string[] = [];
const bench = new Bench(postgres, sizes, log);
try {
	for (const goal of GOALS.filter(({ number }) => only.includes(number))) {
		// What cannot be measured is not met, and the others can be.
		try {
			results.push(...(await runGoal(goal, bench)));
		} catch (error) {
			failures.push(`goal ${goal.number} could not be measured: ${error instanceof Error ? error.message : error}`);
			log(`  ${failures.at(-1)}`);
		}
	}
} finally {
	await postgres.stop();
}

process.stdout.write(`\n${configurationLines(configuration).join('\n')}\n\n${table(results)}\n`);
if (values.quick) process.stdout.write('\nA quick run shows that everything runs; its figures say nothing.\n');
await mkdir(dirname(values.json), { recursive: true });
await writeFile(values.json, `${JSON.stringify({ configuration, sizes, results, failures }, null, 2)}\n`);

const missed = results.filter(({ met }) => !met);
for (const { goal, figure, value, target } of missed) {
	log(`goal ${goal} missed: ${figure} is ${format(value)}, and should be ${targetText(target)}`);
}
for (const failure of failures) log(failure);
process.exit(failures.length > 0 || (values.check && missed.length > 0) ? 1 : 0);
