import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

const SUPPORTED_PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

export interface PlatformPackage {
	name: string;
	/** For example `18.4.0-beta.17`. */
	version: string;
	/** For example `18`: clusters of another major version cannot be opened. */
	majorVersion: string;
	/** Folder with `bin`, `lib`, `share` and `pg-symlinks.json`; never written, it may be read-only. */
	nativeDirectory: string;
}

function platformName(platform: string = process.platform, architecture: string = process.arch): string {
	return `${platform}-${architecture}`;
}

/** Finds the npm package that holds the PostgreSQL programs of this machine. */
export async function findPlatformPackage(platform = platformName()): Promise<PlatformPackage> {
	if (!SUPPORTED_PLATFORMS.includes(platform)) {
		throw new EmbeddedPostgresError(
			'unsupported-platform',
			`There is no embedded PostgreSQL for ${platform} (there is for ${SUPPORTED_PLATFORMS.join(', ')}).`,
			'Set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
		);
	}
	const name = `@embedded-postgres/${platform}`;
	try {
		const entryPoint = createRequire(import.meta.url).resolve(name);
		const packageDirectory = await realpath(join(dirname(entryPoint), '..'));
		const version = versionIn(await readFile(join(packageDirectory, 'package.json'), 'utf8'));
		return {
			name,
			version,
			majorVersion: version.split('.')[0] ?? version,
			nativeDirectory: join(packageDirectory, 'native'),
		};
	} catch (error) {
		throw new EmbeddedPostgresError(
			'package-missing',
			`The package ${name} with the PostgreSQL programs is not installed.`,
			'Run `npm ci` on this machine without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
			error,
		);
	}
}

function versionIn(packageJson: string): string {
	const parsed: unknown = JSON.parse(packageJson);
	if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string') {
		return parsed.version;
	}
	throw new Error('package.json names no version');
}
