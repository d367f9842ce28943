import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { REAL_CLOCK } from './clock/real-clock.ts';
import { createTestClock } from './clock/test-clock.ts';
import type { Config } from './config/config.ts';
import { openDatabaseConnection } from './config/database-connection.ts';
import { absentApps, DEMO_APP } from './demo/demo-data.ts';
import { findRollbackExample } from './demo/rollback-example.ts';
import { seedDemo } from './demo/seed-demo.ts';
import { welcome } from './demo/welcome.ts';
import { issueToken } from './http/tokens/access-token.ts';
import type { OpenedServices } from './server.ts';

export interface RunningServer {
	readonly url: string;
	/** What to tell the person who started it. */
	readonly greeting: string;
	/** Finishes what was accepted, then lets go of everything. The same promise however often it is called. */
	stop(): Promise<void>;
}

/**
 * Starts a whole server, step by step; what was started is stopped again, in reverse, when a later step fails.
 *
 * @throws whatever a step fails with; explain-failure.ts says it in one line
 */
export async function startServer(
	config: Config,
	log: FastifyBaseLogger,
	onDatabaseLost: (reason: string) => void,
): Promise<RunningServer> {
	const closers: (() => Promise<unknown>)[] = [];
	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= closeAll(closers, log);
		return stopped;
	};
	try {
		// 1. The database: the embedded one, or that of DATABASE_URL. The rest of the program is loaded while it starts.
		const database = await openDatabaseConnection({
			config,
			log: (message, details) => log.info(details ?? {}, message),
			onLost: onDatabaseLost,
			// Where it fails the installation is broken, and step 2 says so.
			onWaiting: () => void loadRest().catch(() => undefined),
		});
		closers.push(() => database.close());

		// 2. The services on it; they bring it to this version. Closing them drains the commands.
		const { openServices, createHttpServer } = await loadRest();
		const services = await openServices({
			connection: database.connection,
			clock: config.testClock ? createTestClock(Date.now()) : REAL_CLOCK,
			commits: config.commits,
			absentApps: absentApps(config.mode),
			// While it stops, a connection that breaks is the database going first.
			log: (message, details) =>
				stopped === undefined ? log.warn(details ?? {}, message) : log.debug(details ?? {}, message),
		});
		closers.push(() => services.close());

		// 3. The demo's data.
		if (config.mode === 'demo') await seedDemo(services);

		// 4. HTTP. Closing it stops accepting, and waits for the answers under way.
		const { rateLimitPerMinute, host, port } = config;
		const http = await createHttpServer({ services, log, rateLimitPerMinute });
		closers.push(() => http.close());
		await http.listen({ host, port });

		// 5. Ready.
		const url = urlOf(config, http);
		log.info({ url, mode: config.mode, database: database.description, testClock: config.testClock }, 'ready');
		return { url, greeting: await greetingOf(config, services, url), stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Half a second of computing the first time, most of it for the schemas of the API. */
async function loadRest() {
	const [{ openServices }, { createHttpServer }] = await Promise.all([
		import('./server.ts'),
		import('./http/http-server.ts'),
	]);
	return { openServices, createHttpServer };
}

async function closeAll(closers: readonly (() => Promise<unknown>)[], log: FastifyBaseLogger): Promise<void> {
	for (const close of [...closers].reverse()) {
		await close().catch((error: unknown) => log.error({ err: error }, 'could not stop cleanly'));
	}
}

async function greetingOf(config: Config, services: OpenedServices, url: string): Promise<string> {
	const app = config.mode === 'demo' ? await services.apps.find(DEMO_APP.id) : null;
	if (app === null) {
		return `\nSendback is ready at ${url}   API: ${url}/docs\n\nAn app and its secret: sendback app create --tenant <name> --scope <scope…>\n`;
	}
	const { token } = issueToken('tenant', app, services.clock.now());
	return welcome(url, token, await findRollbackExample(services));
}

/** The port is the one that is listened on: 0 asked for any. */
function urlOf(config: Config, http: FastifyInstance): string {
	const address = http.server.address() as AddressInfo;
	const host = config.host.includes(':') ? `[${config.host}]` : config.host;
	return `http://${host}:${address.port}`;
}
