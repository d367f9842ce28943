import { parseArgs } from 'node:util';

export interface PeersOptions {
	readonly rounds: number;
	/** Measured, of each round. */
	readonly seconds: number;
	readonly callers: number;
	/** Connections of the peers' pools; null: the number with which each was fastest when it warmed up. */
	readonly pool: number | null;
	/** Just enough to see that it works. */
	readonly smoke: boolean;
	/** Where the figures go. */
	readonly json: string;
	/** Of a role that may create databases; null: the embedded PostgreSQL. */
	readonly databaseUrl: string | null;
}

export const PEERS_USAGE = `npm run bench:peers -- [options]

  --rounds N     rounds of each engine and operation (5)
  --seconds N    measured seconds of each round (2)
  --callers N    callers, threads, connections to Sendback (64)
  --pool N       database connections of the peers (each the number that it is fastest with)
  --json FILE    where the figures go (bench/results/peers.json)
  --smoke        one short round of each, to see that it works; its figures mean nothing
  --database-url URL   a PostgreSQL in place of the embedded one; its role may create databases`;

const SMOKE = { rounds: 1, seconds: 0.5, pool: 10 };

/** @throws with what is wrong and the usage */
export function parsePeersOptions(args: readonly string[]): PeersOptions {
	const { values } = parse(args);
	const number = (name: string, text: string | undefined, fallback: number): number => {
		const value = Number(text ?? fallback);
		if (value > 0 && (name === 'seconds' || Number.isInteger(value))) return value;
		throw new Error(`--${name} has to be a number above 0, and is ${text}.\n\n${PEERS_USAGE}`);
	};
	const smoke = values.smoke === true;
	return {
		rounds: number('rounds', values.rounds, smoke ? SMOKE.rounds : 5),
		seconds: number('seconds', values.seconds, smoke ? SMOKE.seconds : 2),
		callers: number('callers', values.callers, 64),
		pool: values.pool === undefined ? (smoke ? SMOKE.pool : null) : number('pool', values.pool, 10),
		smoke,
		json: values.json ?? `bench/results/peers${smoke ? '-smoke' : ''}.json`,
		databaseUrl: values['database-url'] ?? null,
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				rounds: { type: 'string' },
				seconds: { type: 'string' },
				callers: { type: 'string' },
				pool: { type: 'string' },
				json: { type: 'string' },
				'database-url': { type: 'string' },
				smoke: { type: 'boolean' },
			},
		});
	} catch (error) {
		throw new Error(`${error instanceof Error ? error.message : error}\n\n${PEERS_USAGE}`);
	}
}
