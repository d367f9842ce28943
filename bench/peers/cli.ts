/** Sendback and its peers under the same load on the same PostgreSQL; prints a section for docs/performance.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { configurationOf } from '../support/configuration.ts';
import { openPostgres } from '../support/postgres.ts';
import { buildPeers } from './build-peers.ts';
import { CostMeter } from './costs.ts';
import { type PeersOptions, parsePeersOptions } from './options.ts';
import { PEERS, type PeerContender, startPeer } from './peer-contender.ts';
import { type Comparison, markdownOf, rowsOf } from './report.ts';
import { fastestPool, runRounds } from './run-peers.ts';
import { startSendbackContender } from './sendback-contender.ts';

const GOAL = 10;
const MANIFEST = new URL('../../../packages/server/package.json', import.meta.url);

type Closer = () => Promise<unknown>;

/** @param closers gets what was started, to be ended in reverse */
async function main(options: PeersOptions, closers: Closer[]): Promise<void> {
	say('Building the peers (the first time this loads them from Maven Central) …');
	await buildPeers();

	say('Starting PostgreSQL, Sendback and the peers …');
	const postgres = await openPostgres(options.databaseUrl, 'pg_stat_statements');
	closers.push(() => postgres.stop());
	const meter = await CostMeter.open(postgres);
	const newDatabase = async (name: string) => {
		closers.push(() => postgres.dropDatabase(name));
		return { database: name, url: await postgres.createDatabase(name), callers: options.callers };
	};
	const { version } = JSON.parse(await readFile(MANIFEST, 'utf8')) as { version: string };
	const sendback = await startSendbackContender(await newDatabase('bench_sendback'), version);
	closers.push(() => sendback.stop());
	const peers: PeerContender[] = [];
	for (const peer of PEERS) {
		const started = await startPeer(peer, await newDatabase(`bench_${peer.module}`));
		closers.push(() => started.stop());
		peers.push(started);
	}

	// What a peer is tried with is left in its database, so each before all measuring.
	const pools: number[] = [];
	for (const peer of peers) pools.push(await sizePool(peer, options.pool));
	const contenders = [sendback, ...peers];
	const figuresOf = await runRounds(contenders, { ...options, meter });
	const { json, databaseUrl: _, ...shown } = options;
	const comparison: Comparison = {
		configuration: configurationOf(postgres),
		options: shown,
		contenders: await Promise.all(
			contenders.map(async ({ name, version, setting, memory }, at) => ({
				name,
				version,
				setting,
				pool: pools[at - 1] ?? null,
				memory: await memory(),
			})),
		),
		rows: rowsOf(contenders, figuresOf),
	};
	await write(comparison, json);
	process.stdout.write(markdownOf(comparison));
	say(`\n${verdict(comparison)}\nAll figures: ${json}`);
	if (options.smoke) say('A smoke run: these figures mean nothing.');
}

/** A pool as HikariCP's own formula has it, as it comes, and larger ones; what is best depends on the machine. */
async function sizePool(peer: PeerContender, wanted: number | null): Promise<number> {
	if (wanted === null) say(`Looking for the number of connections that ${peer.name} is fastest with …`);
	const connections = wanted ?? (await fastestPool(peer, [availableParallelism() * 2 + 1, 10, 20, 40]));
	await peer.resizePool(connections);
	return connections;
}

/** The goal is on completions of the two-step process: the commonest thing that is done. */
function verdict({ rows, contenders }: Comparison): string {
	const row = rows.find(({ operation, process }) => operation === 'complete' && process === 'two_step');
	const [, ...others] = contenders;
	return others
		.map(({ name }, at) => {
			const ratio = row?.ratios[at]?.median ?? Number.NaN;
			return `agree ÷ ${name}'s complete: ${ratio.toFixed(1)}, goal at least ${GOAL}: ${ratio >= GOAL ? 'met' : 'missed'}`;
		})
		.join('\n');
}

async function write(comparison: Comparison, path: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `${JSON.stringify(comparison, null, '\t')}\n`);
}

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

async function closeAll(closers: Closer[]): Promise<void> {
	for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
		await close().catch((error: unknown) => say(`Not everything could be ended: ${error}`));
	}
}

const closers: Closer[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void closeAll(closers).finally(() => process.exit(1)));
}
try {
	await main(parsePeersOptions(process.argv.slice(2)), closers);
} catch (error) {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
} finally {
	await closeAll(closers);
}
