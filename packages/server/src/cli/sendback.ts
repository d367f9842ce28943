#!/usr/bin/env node
import { constants } from 'node:os';
import { Command } from 'commander';
import { VERSION } from '../config/version.ts';
import { SCOPES } from '../http/scopes.ts';
import type { OpenedServices } from '../server.ts';
import { type CreateAppOptions, createApp, issueAppTicket, problemWithApp, setAppEnabled } from './app-commands.ts';
import {
	type KeepOptions,
	keepHistory,
	type PruneCommandOptions,
	problemWithKeep,
	problemWithPrune,
	pruneHistory,
	showHistory,
} from './history-commands.ts';
import { TERMINAL, whyNotPrinted } from './terminal.ts';
import type { TokenOptions } from './token-command.ts';

const { env } = process;

// Each command loads what it needs, so that `--help` is there at once and a server begins with its database.
async function serve(): Promise<number> {
	const { serveCommand } = await import('./serve-command.ts');
	return serveCommand(env, TERMINAL);
}

async function doctor(): Promise<number> {
	const { doctorCommand } = await import('./doctor-command.ts');
	return doctorCommand(env, TERMINAL);
}

async function onServices(command: (services: OpenedServices) => Promise<number>): Promise<number> {
	// Ends as the signal would, but not without what is to be done at the end: a database that it has started ends with it.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => process.exit(128 + constants.signals[signal]));
	}
	const { withServices } = await import('./with-services.ts');
	return withServices(env, TERMINAL, command);
}

const program = new Command('sendback')
	.description('A self-hosted approval engine that can go back 退回.')
	.version(VERSION)
	.addHelpText(
		'after',
		`
Environment:
  PORT                 port to listen on; 0 for any free one (8080)
  HOST                 address to listen on (127.0.0.1)
  DATABASE_URL         PostgreSQL 15 or newer; unset: the embedded database
  SENDBACK_DATA_DIR    files of the embedded database (.sendback)
  SENDBACK_MODE        demo or production; demo when DATABASE_URL is unset
  SENDBACK_PROCESSES   processes that serve together on this port (1)
  SENDBACK_RATE_LIMIT  calls a minute for each app and Feishu call; 0: no limit (0)
  SENDBACK_TEST_CLOCK  1: time stands still and is moved by calls, for tests
  LOG_LEVEL            fatal, error, warn, info, debug, trace or silent (info)`,
	);

program
	.command('serve', { isDefault: true })
	.description('serve until SIGTERM, SIGINT or SIGHUP')
	.allowExcessArguments()
	.action((_options: object, command: Command) => {
		// As the default command it also gets the names of commands that do not exist.
		const [unknown] = command.args;
		// What it does is not what it prints.
		if (unknown === undefined) return serve().then((code) => process.exit(code));
		TERMINAL.printError(`There is no command ${unknown}. See sendback --help`);
		return finish(Promise.resolve(1));
	});

const app = program.command('app').description('apps: the clients of the API');

app
	.command('create')
	.description('make an app and print its id and secret, once')
	.requiredOption('--tenant <name>', 'the tenant that it belongs to; made where it is new')
	.option('--name <text>', 'a name for people (the name of the tenant)')
	.option('--scope <scope...>', `what it may do: ${SCOPES.join(', ')}`)
	.option('--store', 'a store app: it gets its tokens with an app ticket')
	.option('--json', 'print JSON')
	.action((options: CreateAppOptions) => {
		const problem = problemWithApp(options);
		if (problem === null) return finish(onServices((services) => createApp(services, options, TERMINAL)));
		TERMINAL.printError(problem);
		return finish(Promise.resolve(1));
	});

for (const [name, enabled] of [
	['disable', false],
	['enable', true],
] as const) {
	app
		.command(`${name} <app_id>`)
		.description(enabled ? 'let a disabled app in again' : 'let an app in no more')
		.action((appId: string) => finish(onServices((services) => setAppEnabled(services, appId, enabled, TERMINAL))));
}

app
	.command('ticket <app_id>')
	.description('print a new app ticket of a store app; the one before ends')
	.action((appId: string) => finish(onServices((services) => issueAppTicket(services, appId, TERMINAL))));

program
	.command('token')
	.description('print a tenant access token, by real time: where a test clock was moved, ask the server for one')
	.requiredOption('--app <app_id>', 'the app')
	.option('--secret <secret>', 'check that this is its secret')
	.option('--json', 'print JSON, with the seconds it is valid')
	.action((options: TokenOptions) =>
		finish(
			onServices(async (services) => {
				const { tokenCommand } = await import('./token-command.ts');
				return tokenCommand(services, options, TERMINAL);
			}),
		),
	);

program
	.command('migrate')
	.description('bring the database to this version, without serving')
	.option('--distribute', 'also put its tables on the shards of Citus, by tenant')
	.action(({ distribute = false }: { distribute?: boolean }) =>
		finish(
			onServices(async (services) => {
				if (distribute) TERMINAL.print(`Distributed: ${(await services.distribute()).join(', ') || 'nothing new'}`);
				const reason = await services.notReady();
				TERMINAL.print(reason ?? 'The database is up to date.');
				return reason === null ? 0 : 1;
			}),
		),
	);

const history = program.command('history').description('what has ended: how long it is kept, and removing the rest');

history
	.command('status')
	.description('the partitions of the log, and how long each tenant keeps what ended')
	.action(() => finish(onServices((services) => showHistory(services, TERMINAL))));

history
	.command('keep')
	.description('set how long a tenant keeps instances after their end; nothing is removed by this')
	.requiredOption('--tenant <name>', 'the tenant')
	.option('--days <number>', 'this many days at least')
	.option('--forever', 'for ever, as without a setting')
	.action((options: KeepOptions) => {
		const problem = problemWithKeep(options);
		if (problem === null) return finish(onServices((services) => keepHistory(services, options, TERMINAL)));
		TERMINAL.printError(problem);
		return finish(Promise.resolve(1));
	});

history
	.command('prune')
	.description('remove what ended longer ago than it is kept; running instances are never touched')
	.option('--tenant <name>', 'only of this tenant')
	.option('--dry-run', 'only say what would be removed')
	.option('--archive <folder>', 'first write it into a new folder there, one gzip file of JSON lines a tenant')
	.action((options: PruneCommandOptions) => {
		const problem = problemWithPrune(options);
		if (problem === null) return finish(onServices((services) => pruneHistory(services, options, TERMINAL)));
		TERMINAL.printError(problem);
		return finish(Promise.resolve(1));
	});

program
	.command('doctor')
	.description('check what a start needs, and change nothing')
	.action(() => finish(doctor()));

/**
 * Ends by itself: what is still open after a command is a mistake that must not keep a terminal waiting. A secret or a
 * token that did not get out is no success.
 */
async function finish(command: Promise<number>): Promise<never> {
	const code = await command;
	const reason = await whyNotPrinted();
	if (reason !== null) TERMINAL.printError(`What this command printed could not be written: ${reason}`);
	process.exit(code === 0 && reason !== null ? 1 : code);
}

await program.parseAsync();
