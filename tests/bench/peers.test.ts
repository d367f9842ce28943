import { describe, expect, it } from 'vitest';
import { jdbcUrl } from '../../bench/peers/jdbc-url.ts';
import { parsePeersOptions } from '../../bench/peers/options.ts';
import { Queue } from '../../bench/peers/queue.ts';
import { type Comparison, markdownOf, rowsOf } from '../../bench/peers/report.ts';

const contender = (name: string) => ({ name, version: '1', setting: 'here', database: name });

function comparison(ours: readonly number[], theirs: readonly number[]): Comparison {
	const contenders = [contender('Sendback'), contender('Other')] as unknown as Parameters<typeof rowsOf>[0];
	const rows = rowsOf(contenders, ({ name }) => ({
		rounds: (name === 'Sendback' ? ours : theirs).map((done) => ({ done, seconds: 2, p50: 1, p99: 2 })),
		costs: { statements: null, walBytes: 1000 },
	}));
	const memory = { residentBytes: 2 ** 20, heapAfterGcBytes: null };
	return {
		configuration: {
			at: 'now',
			commit: 'abc',
			node: 'v20',
			postgres: '18',
			settings: { fsync: 'on' },
			cores: 2,
			cpu: 'some',
			memoryGb: 1,
			system: 'some',
		},
		options: { rounds: 3, seconds: 2, callers: 64, pool: null, smoke: false },
		contenders: contenders.map(({ name, version, setting }) => ({ name, version, setting, pool: null, memory })),
		rows,
	};
}

describe('the comparison with the peers', () => {
	it('divides within each round, so that a slow moment of the machine meets both sides', () => {
		const [row] = comparison([200, 20, 400], [100, 10, 100]).rows;
		expect(row?.ratios[0]).toEqual({ median: 2, min: 2, max: 4 });
		expect(row?.cells[0]?.rate).toEqual({ median: 100, min: 10, max: 200 });
	});

	it('says so where a peer is faster, and only there', () => {
		expect(markdownOf(comparison([50, 50, 50], [100, 100, 100]))).toContain('**0.5** (0.5–0.5), Other is faster');
		expect(markdownOf(comparison([100, 100, 100], [50, 50, 50]))).not.toContain('faster');
	});

	it('reaches the same database from Java, over a Unix socket or TCP', () => {
		const socket = new URL(jdbcUrl('postgres://u@localhost:5432/db?host=%2Frun%2Fpg').slice('jdbc:'.length));
		expect(socket.pathname).toBe('/db');
		expect(Object.fromEntries(socket.searchParams)).toMatchObject({
			user: 'u',
			socketFactoryArg: '/run/pg/.s.PGSQL.5432',
		});
		expect(jdbcUrl('postgres://u:p%40ss@host:5433/db')).toBe('jdbc:postgresql://host:5433/db?user=u&password=p%40ss');
	});

	it('refuses options that are no numbers above 0', () => {
		expect(() => parsePeersOptions(['--rounds', '0'])).toThrow('--rounds has to be a number above 0');
		expect(() => parsePeersOptions(['--round', '1'])).toThrow('npm run bench:peers');
		expect(parsePeersOptions(['--seconds', '0.5']).seconds).toBe(0.5);
	});

	it('takes work in the order in which it came, also after it was empty', () => {
		const queue = new Queue<number>();
		queue.put(1);
		queue.put(2);
		expect([queue.take(), queue.take(), queue.take(), queue.size]).toEqual([1, 2, undefined, 0]);
		queue.put(3);
		expect([queue.size, queue.take()]).toEqual([1, 3]);
	});
});
