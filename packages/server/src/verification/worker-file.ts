import { existsSync } from 'node:fs';

/** The compiled thread, beside this module in dist/ or across the package, for the reasons of expressions/worker-file.ts. */
export function verifyWorkerFile(): URL {
	const candidates = ['./verify-worker.js', '../../dist/verification/verify-worker.js'];
	const found = candidates.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
	if (found === undefined) throw new Error('The verification worker is not built: run `npm run build` first.');
	return found;
}
