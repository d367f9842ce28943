/** The load client: prepares what its operation needs, unmeasured, measures, and prints one JSON object. */
import { parseLoadOptions } from './load-options.ts';
import { runLoad } from './run-load.ts';

const options = parseLoadOptions(process.argv.slice(2));
const measurement = await runLoad(options);
process.stdout.write(`${JSON.stringify(measurement)}\n`);
if (measurement.ranDry)
	process.stderr.write('Callers ran out of work before the time was over: give them more --stock.\n');
process.exit(measurement.ranDry ? 1 : 0);
