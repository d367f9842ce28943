/** Why the embedded database cannot run. Codes are stable: messages may be reworded, a code never changes its meaning. */
export type EmbeddedPostgresErrorCode =
	| 'unsupported-platform'
	| 'package-missing'
	| 'libraries-missing'
	| 'programs-not-executable'
	| 'no-server-user'
	| 'cannot-switch-user'
	| 'data-dir-not-writable'
	| 'data-dir-not-reachable'
	| 'data-dir-wrong-owner'
	| 'data-dir-in-use'
	| 'data-dir-copied'
	| 'data-dir-incomplete'
	| 'cluster-version-mismatch'
	| 'socket-dir-taken'
	| 'no-disk-space'
	| 'orphan-will-not-stop'
	| 'initdb-failed'
	| 'start-failed'
	| 'start-timeout';

export class EmbeddedPostgresError extends Error {
	readonly code: EmbeddedPostgresErrorCode;
	readonly hint: string;

	constructor(code: EmbeddedPostgresErrorCode, message: string, hint: string, cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.name = 'EmbeddedPostgresError';
		this.code = code;
		this.hint = hint;
	}
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

/** Turns a failed file operation below the data folder into the error an operator can act on; leaves others as they are. */
export function fileError(error: unknown, doing: string): unknown {
	const code = systemErrorCode(error);
	if (error instanceof EmbeddedPostgresError || !(error instanceof Error) || code === undefined) return error;
	const reason = error.message;
	if (code === 'ENOSPC' || code === 'EDQUOT') {
		return new EmbeddedPostgresError(
			'no-disk-space',
			`No disk space left while ${doing}: ${reason}`,
			'Free some space, or set SENDBACK_DATA_DIR to a folder on a larger disk.',
			error,
		);
	}
	return new EmbeddedPostgresError(
		'data-dir-not-writable',
		`Could not write the data folder while ${doing}: ${reason}`,
		`Set SENDBACK_DATA_DIR to a folder on a local disk that the user who starts Sendback may write.${startedByRootBefore(code)}`,
		error,
	);
}

function startedByRootBefore(code: string): string {
	const refused = code === 'EACCES' || code === 'EPERM';
	return refused && process.getuid?.() !== 0 ? ' If root started it here before, start it as root again.' : '';
}
