import { describe, expect, test } from 'vitest';
import { type Environment, readConfig } from '../../src/config/config.ts';
import { explainFailure } from '../../src/config/explain-failure.ts';

function configOf(environment: Environment) {
	const outcome = readConfig(environment);
	if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
	return outcome.config;
}

describe('configuration', () => {
	test('without any variable is the demo on the embedded database', () => {
		expect(configOf({})).toMatchObject({
			mode: 'demo',
			host: '127.0.0.1',
			port: 8080,
			databaseUrl: null,
			dataDir: expect.stringMatching(/^\/.*\.sendback$/),
			logLevel: 'info',
			testClock: false,
			rateLimitPerMinute: 0,
			processes: 1,
			commits: { inFlight: 2, writes: 256 },
		});
	});

	test('with a database of its own is production, unless it says demo', () => {
		const DATABASE_URL = 'postgres://u:p@db/sendback';
		expect(configOf({ DATABASE_URL }).mode).toBe('production');
		expect(configOf({ DATABASE_URL, SENDBACK_MODE: 'demo' }).mode).toBe('demo');
	});

	test('a database URL may name a user and no host, as for a Unix socket', () => {
		for (const [given, taken] of [
			['postgres://u:p@/x?host=/run/pg', 'postgres://u:p@localhost/x?host=/run/pg'],
			['postgres:///x?host=/run/pg&user=u', 'postgres:///x?host=/run/pg&user=u'],
			['postgres://u@%2Frun%2Fpg/x', 'postgres://u@%2Frun%2Fpg/x'],
		] as const) {
			expect(configOf({ DATABASE_URL: given }).databaseUrl).toBe(taken);
		}
		expect(readConfig({ DATABASE_URL: 'postgres://u:p@' }).ok).toBe(false);
	});

	test('an empty variable is an unset one', () => {
		expect(configOf({ PORT: '', HOST: ' ', DATABASE_URL: '' })).toMatchObject({ port: 8080, host: '127.0.0.1' });
	});

	test('reports every wrong variable at once, by name', () => {
		const outcome = readConfig({
			PORT: '65536',
			HOST: 'a b',
			DATABASE_URL: 'mysql://root:secret@db/x',
			LOG_LEVEL: 'loud',
			SENDBACK_MODE: 'prod',
			SENDBACK_TEST_CLOCK: 'yes',
			SENDBACK_COMMITS: '0x1',
			SENDBACK_PROCESSES: '0',
			SENDBACK_RATE_LIMIT: '-1',
			SENDBACK_DATA_DIR: 'a\0b',
		});
		const problems = outcome.ok ? [] : outcome.problems;
		expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
			'DATABASE_URL',
			'HOST',
			'LOG_LEVEL',
			'PORT',
			'SENDBACK_COMMITS',
			'SENDBACK_DATA_DIR',
			'SENDBACK_MODE',
			'SENDBACK_PROCESSES',
			'SENDBACK_RATE_LIMIT',
			'SENDBACK_TEST_CLOCK',
		]);
		expect(problems.join()).not.toContain('secret');
	});

	test.each([
		'postgres:me:secret@db/x',
		'postgresql:secret',
		'me:secret@db:5432/x',
		'secret@db',
		'secret',
		'host=db password=secret',
		'postgres://me:secret@db:port/x',
		'https://db/x?password=secret',
	])('refuses %s for a database, and keeps what it says to itself', (DATABASE_URL) => {
		const outcome = readConfig({ DATABASE_URL });
		expect(outcome).toEqual({ ok: false, problems: [expect.stringMatching(/^DATABASE_URL has to be a postgres:/)] });
		expect(JSON.stringify(outcome)).not.toContain('secret');
	});

	test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'])('demo mode listens on %s', (HOST) => {
		expect(readConfig({ HOST }).ok).toBe(true);
	});

	test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.1.example.com'])(
		'demo mode refuses %s, production takes it',
		(HOST) => {
			expect(readConfig({ HOST })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^HOST /)] });
			expect(readConfig({ HOST, SENDBACK_MODE: 'production' }).ok).toBe(true);
		},
	);
});

describe('what may not be done', () => {
	const denied = (syscall: string) => explainFailure(Object.assign(new Error('no'), { code: 'EACCES', syscall }));

	test.each(['listen', 'bind'])('is about the port where it is to %s', (syscall) => {
		expect(denied(syscall)).toBe('no. This user may not listen there: set PORT to 1024 or more.');
	});

	test.each(['mkdir', 'open', 'connect'])('is not about the port where it is to %s', (syscall) => {
		expect(denied(syscall)).toBe('no');
	});
});
