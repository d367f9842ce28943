import { readFileSync } from 'node:fs';

/** Of this package; its package.json is two folders up from here, in the sources as in the build. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
