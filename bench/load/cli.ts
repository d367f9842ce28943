/** The load client: prepares what its operation needs, unmeasured, measures, and prints JSON, a line a measurement. */
import { parseLoadOptions } from './load-options.ts';
import { runLoad } from './run-load.ts';

let ranDry = false;
await runLoad(parseLoadOptions(process.argv.slice(2)), (measurement) => {
	ranDry ||= measurement.ranDry;
	process.stdout.write(`${JSON.stringify(measurement)}\n`);
});
if (ranDry) process.stderr.write('Callers ran out of work before the time was over: give them more --stock.\n');
process.exit(ranDry ? 1 : 0);
