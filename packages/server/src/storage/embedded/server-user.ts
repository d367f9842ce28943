import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The user PostgreSQL runs as when Sendback itself runs as root, which PostgreSQL refuses. */
export interface ServerUser {
	name: string;
	uid: number;
	gid: number;
}

/**
 * Undefined means: no switch, PostgreSQL runs as the user of this process. As root, the first of these that exists:
 * the owner of the cluster (so a user added to the machine later changes nothing), the owner of the data folder
 * (so that user can go on without root), `postgres`, `nobody`.
 */
export async function chooseServerUser(
	dataDirectory: string,
	clusterDirectory: string,
): Promise<ServerUser | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const accounts = await readAccounts();
	const clusterOwner = await ownerOf(clusterDirectory);
	if (clusterOwner !== undefined) {
		return accounts.find((account) => account.uid === clusterOwner.uid) ?? clusterOwner;
	}
	const dataOwner = await ownerOf(dataDirectory);
	const user =
		accounts.find((account) => account.uid === dataOwner?.uid) ??
		accounts.find((account) => account.name === 'postgres') ??
		accounts.find((account) => account.name === 'nobody');
	if (user === undefined) {
		throw new EmbeddedPostgresError(
			'no-server-user',
			'Sendback runs as root, PostgreSQL refuses to, and this machine has no user `postgres` or `nobody`.',
			'Start Sendback as a normal user, or add one with `useradd --system postgres`.',
		);
	}
	return user;
}

async function ownerOf(directory: string): Promise<ServerUser | undefined> {
	try {
		const { uid, gid } = await stat(directory);
		return uid === 0 ? undefined : { name: `uid ${uid}`, uid, gid };
	} catch {
		return undefined;
	}
}

/** Read from the file, not by running `id`: minimal containers have the file but not the program. */
async function readAccounts(): Promise<ServerUser[]> {
	const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
	return lines.flatMap((line) => {
		const [name, , uid, gid] = line.split(':');
		if (!name || line.startsWith('#') || uid === undefined || gid === undefined) return [];
		// macOS writes nobody as -2; the kernel's ids are unsigned.
		return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
	});
}

export function clusterDirectoryIn(homeDirectory: string): string {
	return join(homeDirectory, 'cluster');
}
