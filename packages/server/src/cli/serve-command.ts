import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { type Environment, readConfig } from '../config/config.ts';
import { explainFailure } from '../config/explain-failure.ts';
import { type RunningServer, startServer } from '../main.ts';
import { isOneOfSeveral, onTold, tell } from '../processes/messages.ts';
import { startProcesses } from '../processes/start-processes.ts';
import { LogFile } from './log-file.ts';
import type { Terminal } from './terminal.ts';

const STDERR = 2;

/**
 * How much the memory may grow beyond what is in use before it is cleaned up, in percent. Left to itself V8 lets the
 * garbage of a loaded server grow to several times that.
 */
const HEAP_GROWTH = '--heap-growing-percent=50';

/** What survives a collection of new objects is a few megabytes: to agree on it costs several threads more than it does one. */
const ONE_SCAVENGER = '--no-parallel-scavenge';

/** Serves until a signal, or until the database is lost. Returns the exit code. */
export async function serveCommand(environment: Environment, { print, printError }: Terminal): Promise<number> {
	setFlagsFromString(HEAP_GROWTH);
	setFlagsFromString(ONE_SCAVENGER);
	const configured = readConfig(environment);
	if (!configured.ok) {
		for (const problem of configured.problems) printError(problem);
		return 1;
	}
	const { config } = configured;
	const log = pino({ level: config.logLevel }, new LogFile(STDERR));
	const end = waitForEnd();
	const start = config.processes > 1 && !isOneOfSeveral ? startProcesses : startServer;
	let server: RunningServer;
	try {
		server = await start(config, log, end.databaseLost);
	} catch (error) {
		log.debug({ err: error }, 'could not start');
		printError(`Sendback could not start. ${explainFailure(error)}`);
		printError('To check this machine: sendback doctor');
		return 1;
	}
	if (isOneOfSeveral) tell({ kind: 'ready', url: server.url, greeting: server.greeting });
	else print(server.greeting);
	const reason = await end.reached;
	log.info({ reason }, 'stopping');
	await server.stop();
	if (reason === 'signal') return 0;
	printError(`The database stopped and cannot be started again: ${reason.databaseLost}`);
	return 1;
}

type EndReason = 'signal' | { readonly databaseLost: string };

/**
 * Listens from the beginning: a signal while the server starts ends it as soon as it has. The first signal lets it
 * finish what it accepted; the second one does not. One of several processes may get it twice, from the terminal and from
 * the process that started it; where that one is gone, it ends at once.
 */
function waitForEnd() {
	let resolveEnd: (reason: EndReason) => void = () => {};
	const reached = new Promise<EndReason>((resolve) => {
		resolveEnd = resolve;
	});
	let signals = 0;
	// SIGHUP: its terminal was closed. Without a listener it would end this process, and leave the embedded database behind.
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
		process.on(signal, () => {
			// A closed terminal sends it twice, itself and through its shell: that forces nothing.
			if (signal === 'SIGHUP' && signals > 0) return;
			signals++;
			if (signals > 1 && !isOneOfSeveral) process.exit(1);
			resolveEnd('signal');
		});
	}
	if (isOneOfSeveral) {
		onTold(({ kind }) => {
			if (kind === 'stop') resolveEnd('signal');
		});
	}
	return { reached, databaseLost: (reason: string) => resolveEnd({ databaseLost: reason }) };
}
