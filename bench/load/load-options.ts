import { parseArgs } from 'node:util';

export const OPERATIONS = ['start', 'agree', 'rollback', 'points', 'inbox', 'mix'] as const;
export type OperationName = (typeof OPERATIONS)[number];

export interface LoadOptions {
	readonly url: URL;
	readonly appId: string;
	readonly secret: string;
	readonly operation: OperationName;
	/** Callers, each with work of its own; in the closed loop each with a connection of its own. */
	readonly callers: number;
	readonly warmupSeconds: number;
	readonly seconds: number;
	/** Closed loop: how often the measured time follows itself; each is told by itself. */
	readonly windows: number;
	/** Requests a second whether or not earlier ones were answered; null: the closed loop. */
	readonly rate: number | null;
	/** Open loop: the most requests that are under way at once. */
	readonly connections: number;
	/** Instances for each caller, started before the measurement. */
	readonly stock: number;
	/** A file with the tasks to work on, in place of starting instances: `[{task, user, completed}]`. */
	readonly stockFile: string | null;
	/** User tasks of the flow, one after the other. */
	readonly chain: number;
	/** Users whose inboxes are read: this and a number from 0 on. */
	readonly inboxUsers: { readonly prefix: string; readonly count: number } | null;
}

export const LOAD_USAGE = `node bench/dist/load/cli.js --url http://127.0.0.1:8080 --operation agree

  --operation    ${OPERATIONS.join(', ')} (agree)
  --app          app id and secret, parted by a colon (cli_demo:demo_secret); all scopes
  --callers      callers, each with one keep-alive connection (64)
  --seconds      measured time (10), after --warmup seconds (2)
  --windows      closed loop: how often the measured time is repeated, without a pause (1)
  --stock        instances a caller, started before the measurement (100)
  --stock-file   tasks to work on, in place of starting instances
  --chain        user tasks of the flow (10)
  --rate         open loop: requests a second, on up to --connections (8192)
  --inbox-users  prefix:count, users whose inboxes are read (the callers)`;

export function parseLoadOptions(args: readonly string[]): LoadOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			url: { type: 'string' },
			app: { type: 'string', default: 'cli_demo:demo_secret' },
			operation: { type: 'string', default: 'agree' },
			callers: { type: 'string', default: '64' },
			warmup: { type: 'string', default: '2' },
			seconds: { type: 'string', default: '10' },
			windows: { type: 'string', default: '1' },
			rate: { type: 'string' },
			connections: { type: 'string', default: '8192' },
			stock: { type: 'string', default: '100' },
			'stock-file': { type: 'string' },
			chain: { type: 'string', default: '10' },
			'inbox-users': { type: 'string' },
		},
	});
	const operation = OPERATIONS.find((name) => name === values.operation);
	if (values.url === undefined || operation === undefined) throw new Error(LOAD_USAGE);
	if (operation === 'mix' && values.rate !== undefined) throw new Error('The mix is for the closed loop only.');
	const [appId = '', secret = ''] = values.app.split(':');
	const [prefix = '', count] = values['inbox-users']?.split(':') ?? [];
	return {
		url: new URL(values.url),
		appId,
		secret,
		operation,
		callers: positive('callers', values.callers),
		warmupSeconds: positive('warmup', values.warmup, 0),
		seconds: positive('seconds', values.seconds, 0.1),
		windows: positive('windows', values.windows),
		rate: values.rate === undefined ? null : positive('rate', values.rate),
		connections: positive('connections', values.connections),
		stock: positive('stock', values.stock),
		stockFile: values['stock-file'] ?? null,
		chain: positive('chain', values.chain),
		inboxUsers: count === undefined ? null : { prefix, count: positive('inbox-users', count) },
	};
}

function positive(name: string, text: string, least = 1): number {
	const number = Number(text);
	if (!Number.isFinite(number) || number < least) throw new Error(`--${name} has to be a number from ${least} on.`);
	return number;
}
