import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Options = Readonly<Record<string, string | number>>;

/** Runs a program of bench/ in a process of its own and reads the JSON that it prints. */
export async function runNode<Result>(program: string, options: Options): Promise<Result> {
	const results: Result[] = [];
	await readNode<Result>(program, options, (result) => results.push(result));
	const [result] = results;
	if (result === undefined) throw new Error(`${program} said nothing`);
	return result;
}

/** The same for a program that prints line after line. */
export function readNode<Result>(program: string, options: Options, take: (result: Result) => void): Promise<void> {
	const file = fileURLToPath(new URL(`../${program}.js`, import.meta.url));
	const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
		createInterface({ input: child.stdout }).on('line', (line) => take(JSON.parse(line) as Result));
		child.once('error', reject);
		child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
	});
}
