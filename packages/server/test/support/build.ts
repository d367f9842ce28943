import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The compiled code, for what runs outside the test runner; `npm test` has built it before. */
export function buildOnce(): void {
	if (existsSync(`${root}packages/server/dist/expressions/feel-worker.js`)) return;
	execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
}
