/** The bare side of goal 4, in a process of its own as the server has one. Prints one JSON object. */
import { parseArgs } from 'node:util';
import { measureBareAgrees } from './bare-agrees.ts';

const { values } = parseArgs({
	options: {
		'database-url': { type: 'string' },
		callers: { type: 'string', default: '64' },
		seconds: { type: 'string', default: '10' },
		warmup: { type: 'string', default: '3' },
		stock: { type: 'string', default: '400' },
		chain: { type: 'string', default: '10' },
	},
});
const measurement = await measureBareAgrees({
	databaseUrl: values['database-url'] ?? '',
	callers: Number(values.callers),
	seconds: Number(values.seconds),
	warmupSeconds: Number(values.warmup),
	stock: Number(values.stock),
	chain: Number(values.chain),
});
process.stdout.write(`${JSON.stringify(measurement)}\n`);
