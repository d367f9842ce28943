/** Constant load for as long as wanted: `npm run bench:soak -- --minutes 60`. Exits with 1 where the server gets slower. */
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Measurement } from '../load/recorder.ts';
import { configurationLines, configurationOf } from '../support/configuration.ts';
import { openPostgres } from '../support/postgres.ts';
import { readNode } from '../support/run-node.ts';
import { startSendback } from '../support/sendback-server.ts';
import { type TableSize, tableSizes } from './tables.ts';
import { lastOverFirst } from './verdict.ts';

const AT_LEAST = 0.95;

interface Minute {
	readonly minute: number;
	readonly throughput: number;
	readonly p99: number;
	readonly statuses: Measurement['statuses'];
	readonly residentMb: number;
	readonly tables: readonly TableSize[];
}

const { values } = parseArgs({
	options: {
		minutes: { type: 'string', default: '60' },
		'seconds-a-minute': { type: 'string', default: '60' },
		callers: { type: 'string', default: '64' },
		'database-url': { type: 'string' },
		out: { type: 'string', default: 'bench/results' },
	},
});
const postgres = await openPostgres(values['database-url'] ?? null);
const configuration = configurationOf(postgres);
const minutes: Minute[] = [];
try {
	const databaseUrl = await postgres.createDatabase('bench_soak');
	const server = await startSendback(databaseUrl);
	const client = new pg.Client({ connectionString: databaseUrl });
	await client.connect();
	try {
		let noted = Promise.resolve();
		const options = {
			url: server.url,
			app: server.app,
			operation: 'mix',
			callers: values.callers,
			seconds: values['seconds-a-minute'],
			windows: values.minutes,
			stock: 10,
		};
		await readNode<Measurement>('load/cli', options, ({ throughput, latencies, statuses }) => {
			noted = noted.then(async () => {
				const residentMb = (await server.residentBytes()) / 1e6;
				const tables = await tableSizes(client);
				const minute = { minute: minutes.length + 1, throughput, p99: latencies.p99, statuses, residentMb, tables };
				minutes.push(minute);
				process.stderr.write(`${lineOf(minute)}\n`);
			});
		});
		await noted;
	} finally {
		await client.end();
		await server.stop();
	}
} finally {
	await postgres.stop();
}

function lineOf({ minute, throughput, p99, residentMb, tables }: Minute): string {
	const sum = (pick: (table: TableSize) => number) => tables.reduce((total, table) => total + pick(table), 0);
	const megabytes = (sum(({ heapBytes, indexBytes }) => heapBytes + indexBytes) / 1e6).toFixed(0);
	const dead = sum(({ deadRows }) => deadRows);
	return `| ${minute} | ${throughput.toFixed(0)} | ${p99.toFixed(1)} | ${residentMb.toFixed(0)} | ${megabytes} | ${dead} |`;
}

function tableLine({ table, heapBytes, indexBytes, liveRows, deadRows }: TableSize): string {
	const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
	return `| ${table} | ${megabytes(heapBytes)} | ${megabytes(indexBytes)} | ${liveRows} | ${deadRows} |`;
}

const ratio = lastOverFirst(minutes.map(({ throughput }) => throughput));
const met = ratio >= AT_LEAST;
const markdown = [
	'# Soak',
	'',
	...configurationLines(configuration),
	'',
	`${values.callers} callers, ${values.minutes} minutes of start, agree, rollback and inbox.`,
	`Last minutes ÷ first: **${ratio.toFixed(3)}** (goal ≥ ${AT_LEAST}: ${met ? 'met' : 'missed'}).`,
	'',
	'| Minute | Operations/s | p99 ms | Server MB | Database MB | Dead rows |',
	'|---:|---:|---:|---:|---:|---:|',
	...minutes.map(lineOf),
	'',
	'At the end:',
	'',
	'| Table | Heap MB | Indexes MB | Live rows | Dead rows |',
	'|---|---:|---:|---:|---:|',
	...(minutes.at(-1)?.tables ?? []).map(tableLine),
	'',
].join('\n');
await mkdir(values.out, { recursive: true });
await writeFile(`${values.out}/soak.json`, `${JSON.stringify({ configuration, ratio, met, minutes }, null, 2)}\n`);
await writeFile(`${values.out}/soak.md`, markdown);
process.stdout.write(
	`\nLast minutes ÷ first: ${ratio.toFixed(3)}, goal ≥ ${AT_LEAST}: ${met ? 'met' : 'missed'}. ${values.out}/soak.md\n`,
);
process.exit(met ? 0 : 1);
