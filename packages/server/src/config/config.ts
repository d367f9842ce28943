import { resolve } from 'node:path';
import { COMMIT_LIMITS, type CommitLimits } from '../commands/commit-queue.ts';

/** Everything that can be set from outside, checked. Times in milliseconds, sizes in bytes. */
export interface Config {
	readonly mode: 'demo' | 'production';
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
	/** Null: the embedded database. */
	readonly databaseUrl: string | null;
	/** Absolute. */
	readonly dataDir: string;
	readonly logLevel: LogLevel;
	readonly testClock: boolean;
	/** Calls a minute for each app and Feishu call; 0: no limit. */
	readonly rateLimitPerMinute: number;
	/** How many processes serve together. */
	readonly processes: number;
	/** How commits are batched: for measuring what batching is worth (docs/performance.md), not for tuning. */
	readonly commits: CommitLimits;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigOutcome =
	| { readonly ok: true; readonly config: Config }
	/** One line for each wrong variable, naming it. */
	| { readonly ok: false; readonly problems: readonly string[] };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const MAX_PORT = 65_535;
const MAX_RATE_LIMIT = 1_000_000;
const MAX_PROCESSES = 64;
/** Each takes ten connections, and two more at times; others of its 120 are for commands beside them. */
const MAX_PROCESSES_EMBEDDED = 8;

/** Reads every variable and reports all that are wrong together. An empty variable is an unset one. */
export function readConfig(environment: Environment): ConfigOutcome {
	const problems: string[] = [];

	function read<T>(name: string, fallback: T, parse: (text: string) => T | null, expected: string): T {
		const text = environment[name]?.trim() ?? '';
		if (text === '') return fallback;
		const value = parse(text);
		if (value !== null) return value;
		problems.push(`${name} has to be ${expected}, and is ${shown(name, text)}.`);
		return fallback;
	}

	const port = read('PORT', 8080, (text) => wholeNumber(text, MAX_PORT), `a number from 0 to ${MAX_PORT}`);
	const host = read('HOST', '127.0.0.1', hostName, 'a host name or an IP address');
	const databaseUrl = read<string | null>('DATABASE_URL', null, postgresUrl, 'a postgres:// URL');
	const dataDir = resolve(read('SENDBACK_DATA_DIR', '.sendback', pathName, 'a path'));
	const logLevel = read('LOG_LEVEL', 'info', oneOf(LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`);
	const mode = read(
		'SENDBACK_MODE',
		databaseUrl === null ? 'demo' : 'production',
		oneOf(['demo', 'production'] as const),
		'demo or production',
	);
	const testClock = read('SENDBACK_TEST_CLOCK', false, flag, '1 or 0');
	const rateLimitPerMinute = read(
		'SENDBACK_RATE_LIMIT',
		0,
		(text) => wholeNumber(text, MAX_RATE_LIMIT),
		`a number from 0 (no limit) to ${MAX_RATE_LIMIT}, calls a minute`,
	);
	const processes = read(
		'SENDBACK_PROCESSES',
		1,
		(text) => wholeNumber(text, MAX_PROCESSES) || null,
		`a number from 1 to ${MAX_PROCESSES}`,
	);
	const commits = read(
		'SENDBACK_COMMITS',
		COMMIT_LIMITS,
		commitLimits,
		'like 2x256: commits in flight x instances in each',
	);

	if (mode === 'demo' && !isLoopback(host)) {
		problems.push(
			`HOST is ${JSON.stringify(host)}, and demo mode has public credentials: it listens on loopback addresses only. ` +
				'Set SENDBACK_MODE=production to serve others.',
		);
	}
	if (testClock && processes > 1) {
		problems.push(`SENDBACK_PROCESSES is ${processes}, and SENDBACK_TEST_CLOCK stands still in one process only.`);
	}
	if (databaseUrl === null && processes > MAX_PROCESSES_EMBEDDED) {
		problems.push(
			`SENDBACK_PROCESSES is ${processes}, and the embedded database has connections for ${MAX_PROCESSES_EMBEDDED}: ` +
				'set DATABASE_URL to one that has more.',
		);
	}
	if (problems.length > 0) return { ok: false, problems };
	return {
		ok: true,
		config: { mode, host, port, databaseUrl, dataDir, logLevel, testClock, rateLimitPerMinute, processes, commits },
	};
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/** A wrong database URL has no form that says where the password in it is. */
function shown(name: string, text: string): string {
	return name === 'DATABASE_URL' ? 'something else (not shown: it may hold a password)' : JSON.stringify(text);
}

function wholeNumber(text: string, maximum: number): number | null {
	return /^[0-9]{1,9}$/.test(text) && Number(text) <= maximum ? Number(text) : null;
}

function hostName(text: string): string | null {
	return /^[A-Za-z0-9._:[\]-]{1,253}$/.test(text) ? text.replace(/^\[(.*)\]$/, '$1') : null;
}

function pathName(text: string): string | null {
	return text.includes('\0') ? null : text;
}

function postgresUrl(text: string): string | null {
	// Without the slashes everything is a path, the password too, and paths are shown.
	if (!/^postgres(ql)?:\/\//i.test(text)) return null;
	// A user and no host, as people write it whose socket is in the options: PostgreSQL takes that, and URLs do not.
	return [text, text.replace('@/', '@localhost/')].find((url) => URL.canParse(url)) ?? null;
}

function commitLimits(text: string): CommitLimits | null {
	const [, inFlight, writes] = /^([1-9][0-9]?)x([1-9][0-9]{0,3})$/.exec(text) ?? [];
	return inFlight === undefined ? null : { inFlight: Number(inFlight), writes: Number(writes) };
}

function flag(text: string): boolean | null {
	if (text === '1') return true;
	return text === '0' ? false : null;
}

function oneOf<const T extends readonly string[]>(words: T): (text: string) => T[number] | null {
	return (text) => words.find((word) => word === text) ?? null;
}
