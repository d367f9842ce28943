/**
 * Compiles what a server needs to run, in a second: only what is newer than its output, and without checking types, which
 * `npm run build` does for the tests and for CI. Both write the same files.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: this one, or the one that is named. */
const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
/** As in tsconfig.base.json. */
const OPTIONS = { target: 'es2023', typescript: { onlyRemoveTypeImports: true } };
/** Of files; those of packages keep their extension, as with TypeScript. */
const RELATIVE_IMPORT = /(\bfrom |\bimport |\bimport\()"(\.\.?\/[^"]+)\.ts"/g;

const stale = ['packages/engine', 'packages/server'].flatMap((name) =>
	readdirSync(join(root, name, 'src'), { recursive: true })
		.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
		.map((file) => ({
			source: join(root, name, 'src', file),
			output: join(root, name, 'dist', file.replace(/ts$/, 'js')),
		}))
		.filter(({ source, output }) => !(modifiedAt(output) >= modifiedAt(source))),
);

if (stale.length > 0) {
	const { transformSync } = await import('rolldown/utils');
	for (const { source, output } of stale) {
		const { code, errors } = transformSync(source, readFileSync(source, 'utf8'), OPTIONS);
		if (errors.length > 0) {
			console.error(errors.map(({ message }) => `${source}: ${message}`).join('\n'));
			process.exit(1);
		}
		mkdirSync(dirname(output), { recursive: true });
		writeFileSync(output, code.replace(RELATIVE_IMPORT, '$1"$2.js"'));
	}
}

function modifiedAt(file) {
	return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}
