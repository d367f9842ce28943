import { existsSync } from 'node:fs';

/**
 * The compiled file of a thread: in dist/, also when this module itself runs from src/, as it does in tests. A thread is
 * started by Node itself, which on our oldest version reads no TypeScript.
 *
 * @param path below the folder of the sources, without an ending
 */
export function threadFile(path: string): URL {
	const candidates = [`../${path}.js`, `../../dist/${path}.js`];
	const found = candidates.map((each) => new URL(each, import.meta.url)).find((url) => existsSync(url));
	if (found === undefined) throw new Error(`The thread ${path} is not built: run \`npm run build\` first.`);
	return found;
}
