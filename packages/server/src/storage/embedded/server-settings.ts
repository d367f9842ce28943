import { totalmem } from 'node:os';
import { join } from 'node:path';
import { folderHash } from './home-directory.ts';
import { readTextIfExists, writeDurably } from './owned-files.ts';
import type { ServerUser } from './server-user.ts';

/** The socket folder is private, so the usual port cannot collide. It only names the socket file. */
export const SOCKET_PORT = 5432;

const MEGABYTE = 1024 * 1024;
/** The system's cache, this process and whatever else runs here want the rest. */
const SHARE_OF_MEMORY = 1 / 4;
const LEAST_BUFFERS_MB = 128;
/** A start has to find room for all of it, and a stop goes through it. */
const MOST_BUFFERS_MB = 8192;
/** Only a server that is busy comes near it. */
const LEAST_LOG_MB = 2048;

/**
 * Defaults an operator may change in custom.conf. The reasons are written into the file, for its reader.
 *
 * @param memory of this machine or container, in bytes
 */
export function settingsFile(memory: number): string {
	const share = Math.floor((memory * SHARE_OF_MEMORY) / MEGABYTE);
	const buffers = Math.min(MOST_BUFFERS_MB, Math.max(LEAST_BUFFERS_MB, share));
	const log = Math.max(LEAST_LOG_MB, buffers);
	return `# Written by Sendback at every start. Put settings of your own into custom.conf beside this file: they win.

# A quarter of the memory, for the hot tables (open tasks, live instances); the rest is in the system's cache.
shared_buffers = ${buffers}MB
work_mem = 8MB
maintenance_work_mem = 64MB
max_connections = 120

# Fewer, smoother checkpoints: each one makes the next change of every page cost a full page in the log. So there is room
# for each page of the buffers once. After a crash hardly more than that of the log is replayed. Pages go into it as they
# are: to compress them, with the one method that is compiled in, takes more than everything else that an agreement among
# many asks of the database.
checkpoint_timeout = 15min
max_wal_size = ${log}MB
min_wal_size = 80MB
wal_compression = off

# Our statements are short: compiling them, or splitting them over the few cores, costs more than it gives.
jit = off
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
# Working data is in memory; helper processes for reading ahead would idle.
io_method = sync
# Solid-state disks read at random as fast as in sequence.
random_page_cost = 1.1

# Not /dev/shm: containers give it 64 MB, and systemd empties it when a normal user logs out.
dynamic_shared_memory_type = mmap

# The queue tables (outbox, timers) turn over quickly; look more often than once a minute.
autovacuum_naptime = 15s

# Text and times the same on every machine.
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
client_encoding = 'UTF8'

# The log is for an operator in trouble: what went wrong and when the server came and went.
log_line_prefix = '%m [%p] '
log_checkpoints = off

include = 'custom.conf'
`;
}

const CUSTOM_FILE = `# Settings of your own, for example: shared_buffers = 1GB. Sendback never changes this file. Read at the next start.
`;

const ACCESS_FILE = `# Written by Sendback. Only through the private socket folder, which only this user (and root) can enter.
local all all trust
`;

/** Brings the files of the cluster up to what this version of Sendback wants. */
export async function writeSettings(clusterDirectory: string, user: ServerUser | undefined): Promise<void> {
	for (const [name, text] of [
		['postgresql.conf', settingsFile(availableMemory())],
		['pg_hba.conf', ACCESS_FILE],
	] as const) {
		const path = join(clusterDirectory, name);
		if ((await readTextIfExists(path)) !== text) await writeDurably(path, text, 0o600, user);
	}
	const customPath = join(clusterDirectory, 'custom.conf');
	if ((await readTextIfExists(customPath)) === undefined) await writeDurably(customPath, CUSTOM_FILE, 0o600, user);
}

/** The limit of the container where there is one; without, `constrainedMemory` answers 0 or more than the machine has. */
function availableMemory(): number {
	return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** On the command line stands what no file may change: where we find the server, and that a commit is on disk. */
export function serverArguments(clusterDirectory: string, runtimeDirectory: string): string[] {
	const settings = {
		listen_addresses: '',
		port: String(SOCKET_PORT),
		// A list of quoted names: the path may contain a comma or a blank.
		unix_socket_directories: `"${runtimeDirectory.replaceAll('"', '""')}"`,
		unix_socket_permissions: '0700',
		fsync: 'on',
		synchronous_commit: 'on',
		full_page_writes: 'on',
		logging_collector: 'off',
		log_destination: 'stderr',
		cluster_name: clusterName(clusterDirectory),
	};
	return ['-D', clusterDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Shown in the title of every server process, so that those of this cluster can be told from others. */
export function clusterName(clusterDirectory: string): string {
	return `sendback-${folderHash(clusterDirectory)}`;
}
