/**
 * The private folder for the PostgreSQL socket and the owner sockets: `<home>/run`, mode 0700, the server user's.
 * The folder is the access control: PostgreSQL trusts whoever gets in.
 *
 * A socket address holds about 104 bytes. Where the home is too deep the folder is `/tmp/sendback-<hash of the home>`:
 * a name every process computes alike, so the lock below holds; not os.tmpdir(), which depends on TMPDIR and is long on macOS.
 */
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.ts';
import { folderHash } from './home-directory.ts';
import { makeOwnedFolder } from './owned-files.ts';
import type { ServerUser } from './server-user.ts';

/** macOS has 104 bytes with the final zero, Linux 108. */
const SOCKET_PATH_LIMIT_BYTES = 103;
const LONGEST_SOCKET_NAME = '.starting-4194304-0123456789abcdef.sock';
const SHORT_FOLDER = '/tmp';

export function runtimeDirectoryOf(homeDirectory: string): string {
	const natural = join(homeDirectory, 'run');
	if (Buffer.byteLength(join(natural, LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT_BYTES) return natural;
	return join(SHORT_FOLDER, `sendback-${folderHash(homeDirectory)}`);
}

export async function makeRuntimeDirectory(homeDirectory: string, user: ServerUser | undefined): Promise<string> {
	const path = runtimeDirectoryOf(homeDirectory);
	if (path.startsWith(homeDirectory)) await makeOwnedFolder(path, 0o700, user);
	else await makeShortFolder(path, user);
	return path;
}

/** /tmp is everybody's: a folder that was made by another user, or that is a link, is refused and not corrected. */
async function makeShortFolder(path: string, user: ServerUser | undefined): Promise<void> {
	const ownUserId = process.getuid?.() ?? 0;
	try {
		await mkdir(path, 0o700);
		await chmod(path, 0o700);
		if (user !== undefined) await chown(path, user.uid, user.gid);
	} catch (error) {
		if (systemErrorCode(error) !== 'EEXIST') throw error;
	}
	const found = await lstat(path);
	// Root's means that a start was cut off between mkdir and chown.
	if (found.isDirectory() && found.uid === ownUserId && user !== undefined) await chown(path, user.uid, user.gid);
	const allowed = found.uid === ownUserId || found.uid === user?.uid;
	if (!found.isDirectory() || !allowed || (found.mode & 0o077) !== 0) {
		throw new EmbeddedPostgresError(
			'socket-dir-taken',
			`The socket folder ${path} exists, but is not a private folder of this user.`,
			`Remove ${path}, or set SENDBACK_DATA_DIR to a path short enough for a socket (under 60 bytes).`,
		);
	}
}
