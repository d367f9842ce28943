import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { GENERATOR_NAMES, type GeneratorName } from './generators.ts';
import type { Law } from './law.ts';
import { type Batch, type BatchReport, runBatch } from './proof-batch.ts';
import { proveMutants } from './prove-mutants.ts';

/*
 * `npm run prove -- --rollbacks 100000 --seed 7`: as many random rollbacks as asked for, every law checked after every
 * step. Ends with a table and the sum of it; exits 1 with the seed that shows it where a law is broken.
 * `npm run prove -- --mutants`: each rule taken out of a copy of the core, which the laws must find broken.
 */

const MODELS_IN_A_BATCH = 20;

if (isMainThread) await (process.argv.includes('--mutants') ? proveMutants() : prove());
else parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(runBatch(batch)));

async function prove(): Promise<void> {
	const { values } = parseArgs({
		options: {
			rollbacks: { type: 'string', default: '10000' },
			seed: { type: 'string', default: String(Date.now() % 1_000_000) },
			generator: { type: 'string' },
			/** Stops when so many runs were broken. */
			broken: { type: 'string', default: '50' },
		},
	});
	const wanted = Number(values.rollbacks);
	const seed = Number(values.seed);
	const names = values.generator === undefined ? GENERATOR_NAMES : [values.generator as GeneratorName];
	if (
		!Number.isSafeInteger(wanted) ||
		!Number.isSafeInteger(seed) ||
		!names.every((name) => GENERATOR_NAMES.includes(name))
	) {
		console.error(`prove [--rollbacks N] [--seed N] [--generator "${GENERATOR_NAMES.join('|')}"]`);
		process.exit(2);
	}
	console.log(`seed ${seed}`);
	const reports = await runAll(names, seed, wanted, Number(values.broken));
	process.exitCode = report(names, reports) ? 0 : 1;
}

/** Every generator gets the same number of rollbacks. */
async function runAll(
	names: readonly GeneratorName[],
	seed: number,
	wanted: number,
	mostBroken: number,
): Promise<readonly BatchReport[]> {
	const reports: BatchReport[] = [];
	const done = new Map<GeneratorName, number>(names.map((name) => [name, 0]));
	const share = Math.ceil(wanted / names.length);
	let batches = 0;
	const next = (): Batch | null => {
		// Enough is known; and runs that break at once count no rollbacks, so the share would never be reached.
		if (reports.reduce((sum, { broken }) => sum + broken.length, 0) >= mostBroken) return null;
		const [generator] = names
			.filter((name) => (done.get(name) ?? 0) < share)
			.sort((a, b) => (done.get(a) ?? 0) - (done.get(b) ?? 0));
		return generator === undefined
			? null
			: { generator, seed: seed * 1_000_003 + batches++, models: MODELS_IN_A_BATCH };
	};
	await Promise.all(
		Array.from({ length: Math.max(1, availableParallelism()) }, () =>
			runWorker(next, (finished) => {
				reports.push(finished);
				const { generator } = finished.batch;
				done.set(generator, (done.get(generator) ?? 0) + finished.rollbacks);
				progress(
					reports.reduce((sum, { rollbacks }) => sum + rollbacks, 0),
					wanted,
				);
			}),
		),
	);
	if (process.stderr.isTTY) process.stderr.write('\n');
	return reports;
}

function runWorker(next: () => Batch | null, finished: (report: BatchReport) => void): Promise<void> {
	const worker = new Worker(new URL(import.meta.url));
	return new Promise((resolve, reject) => {
		const give = () => {
			const batch = next();
			if (batch !== null) return worker.postMessage(batch);
			void worker.terminate();
			resolve();
		};
		worker.on('error', reject);
		worker.on('message', (report: BatchReport) => {
			finished(report);
			give();
		});
		give();
	});
}

function progress(done: number, wanted: number): void {
	if (!process.stderr.isTTY) return;
	const share = Math.min(1, done / wanted);
	process.stderr.write(`\r[${'='.repeat(Math.round(share * 40)).padEnd(40)}] ${done} of ${wanted} rollbacks`);
}

/** Prints the table, and each broken law with what shows it again. True where all hold. */
function report(names: readonly GeneratorName[], reports: readonly BatchReport[]): boolean {
	const line = (name: string, own: readonly BatchReport[]) => {
		const broken = (law: Law | 'other') =>
			own.reduce((sum, one) => sum + one.broken.filter((found) => found.law === law).length, 0);
		const sum = (count: (one: BatchReport) => number) => own.reduce((total, one) => total + count(one), 0);
		const cells = [
			sum(({ models }) => models),
			sum(({ rollbacks }) => rollbacks),
			broken('unreachable'),
			broken('unsound'),
			broken('touched'),
			broken('other'),
		];
		console.log(name.padEnd(32) + cells.map((cell) => String(cell).padStart(13)).join(''));
	};
	console.log(
		' '.repeat(32) +
			['models', 'rollbacks', 'unreachable', 'unsound', 'touched', 'other'].map((head) => head.padStart(13)).join(''),
	);
	for (const name of names)
		line(
			name,
			reports.filter(({ batch }) => batch.generator === name),
		);
	for (const { batch, broken } of reports) {
		for (const { model, message } of broken)
			console.log(`${batch.generator}, batch seed ${batch.seed}, model ${model}: ${message.slice(0, 500)}`);
	}
	line('all', reports);
	return reports.every(({ broken }) => broken.length === 0);
}
