import { existsSync } from 'node:fs';

/**
 * The compiled worker: beside this module in dist/, and across the package when this module itself runs from src/, as
 * it does in tests. A thread is started by Node itself, which on our oldest version reads no TypeScript.
 */
export function workerFile(): URL {
	const candidates = ['./feel-worker.js', '../../dist/expressions/feel-worker.js'];
	const found = candidates.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
	if (found === undefined) throw new Error('The expression worker is not built: run `npm run build` first.');
	return found;
}
