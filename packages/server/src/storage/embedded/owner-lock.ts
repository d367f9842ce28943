/**
 * One Sendback a cluster. The lock is a listening Unix socket, because the kernel closes it with its process: after
 * kill -9 nobody is refused, no process id is compared (ids are reused, and mean nothing in another container), and
 * two containers on one volume still see each other.
 *
 * Each server listens under a name of its own first and looks for others second. So of two that start together at least
 * one sees the other, and a socket that refuses connections is certainly dead and may be removed: its name never returns.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.ts';

const OWNER_NAME = /^owner-(\d+)-[0-9a-f]{16}\.sock$/;
const ANSWER_LIMIT_MS = 1_000;
const CONTEST_LIMIT_MS = 10_000;
const CONTEST_RETRY_MS = 25;

export interface OwnerLock {
	release(): Promise<void>;
}

interface OtherServer {
	name: string;
	pid: number;
	/** `starting`: it has not yet looked for others itself. */
	state: 'starting' | 'owner';
}

interface Claim extends OwnerLock {
	name: string;
	confirm(): void;
}

export async function takeOwnerLock(runtimeDirectory: string, dataDir: string): Promise<OwnerLock> {
	const deadline = Date.now() + CONTEST_LIMIT_MS;
	let claim: Claim | undefined;
	while (true) {
		claim ??= await makeClaim(runtimeDirectory);
		const others = await liveServers(runtimeDirectory, claim.name);
		if (others.length === 0) {
			claim.confirm();
			return claim;
		}
		const owner = others.find((other) => other.state === 'owner') ?? (Date.now() > deadline ? others[0] : undefined);
		if (owner !== undefined) {
			await claim.release();
			throw inUse(dataDir, owner.pid);
		}
		// Servers that start together: the lowest name stays, the others step back until it has decided.
		const ownName = claim.name;
		if (others.some((other) => other.name < ownName)) {
			await claim.release();
			claim = undefined;
		}
		await delay(CONTEST_RETRY_MS);
	}
}

/** Process id of the server that holds the lock, for a look that changes nothing. */
export async function findOwner(runtimeDirectory: string): Promise<number | undefined> {
	return (await liveServers(runtimeDirectory, undefined))[0]?.pid;
}

async function makeClaim(runtimeDirectory: string): Promise<Claim> {
	const identity = `${process.pid}-${randomBytes(8).toString('hex')}.sock`;
	const name = `owner-${identity}`;
	const path = join(runtimeDirectory, name);
	const unfinished = join(runtimeDirectory, `.starting-${identity}`);
	let state: OtherServer['state'] = 'starting';
	const server = createServer((connection) => {
		connection.on('error', () => connection.destroy());
		connection.end(state);
	});
	await listen(server, unfinished);
	// Visible only once it listens: between bind and listen a connection would be refused as if we were dead.
	await rename(unfinished, path);
	return {
		name,
		confirm: () => {
			state = 'owner';
		},
		release: async () => {
			await rm(path, { force: true });
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

function listen(server: Server, path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		// exclusive: in a cluster worker the primary would listen instead, and outlive us.
		server.listen({ path, exclusive: true }, () => {
			server.off('error', reject);
			server.unref();
			resolve();
		});
	});
}

/** All other live servers; with `ownName` given (we may write here), dead sockets are cleared away. */
async function liveServers(runtimeDirectory: string, ownName: string | undefined): Promise<OtherServer[]> {
	const live: OtherServer[] = [];
	for (const name of await readdir(runtimeDirectory)) {
		const pid = OWNER_NAME.exec(name)?.[1];
		if (pid === undefined || name === ownName) continue;
		const path = join(runtimeDirectory, name);
		const state = await askState(path);
		if (state !== 'dead') live.push({ name, pid: Number(pid), state });
		else if (ownName !== undefined) await rm(path, { force: true });
	}
	return live;
}

/** A server too busy (or stopped) to answer still owns its data. */
function askState(path: string): Promise<OtherServer['state'] | 'dead'> {
	return new Promise((resolve) => {
		let answer = '';
		const connection = createConnection({ path });
		const finish = (state: OtherServer['state'] | 'dead'): void => {
			connection.destroy();
			resolve(state);
		};
		connection.setEncoding('utf8');
		connection.setTimeout(ANSWER_LIMIT_MS, () => finish('owner'));
		connection.on('data', (part) => {
			answer += part;
		});
		connection.on('end', () => finish(answer === 'starting' ? 'starting' : 'owner'));
		connection.on('error', (error) => {
			const code = systemErrorCode(error);
			finish(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'dead' : 'owner');
		});
	});
}

function inUse(dataDir: string, pid: number): EmbeddedPostgresError {
	return new EmbeddedPostgresError(
		'data-dir-in-use',
		`Another Sendback (process ${pid}) already uses the data folder ${dataDir}.`,
		`Stop process ${pid} first, or set SENDBACK_DATA_DIR to another folder. To run several servers on one database, set DATABASE_URL.`,
	);
}
