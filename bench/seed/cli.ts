/** Fills a database with instances to measure on: `npm run seed -- --database-url … --open-tasks 1000000`. */
import { parseArgs } from 'node:util';
import { count, showProgress } from '../support/progress.ts';
import { seed } from './seed.ts';

const { values } = parseArgs({
	options: {
		'database-url': { type: 'string' },
		tenant: { type: 'string', default: 'bench' },
		'open-tasks': { type: 'string', default: '100000' },
		history: { type: 'string', default: '0' },
		users: { type: 'string', default: '1000' },
		chain: { type: 'string', default: '10' },
	},
});
const databaseUrl = values['database-url'] ?? process.env.DATABASE_URL;
if (databaseUrl === undefined) {
	process.stderr.write(`npm run seed -- --database-url postgres://…

  --open-tasks  instances that wait at a task (100000)
  --history     commands in the log; what the open instances do not have, ended ones do (0)
  --users       whom the tasks are spread over: seed-0, seed-1, … (1000)
  --tenant      whose they are (bench); an app for it: sendback app create --tenant bench
  --chain       user tasks of the flow (10)
`);
	process.exit(1);
}
const number = (text: string) => Math.max(0, Math.floor(Number(text)));
const startedAt = performance.now();
const { open, ended, steps } = await seed(
	{
		databaseUrl,
		tenant: values.tenant,
		openTasks: number(values['open-tasks']),
		history: number(values.history),
		users: Math.max(1, number(values.users)),
		chain: Math.max(1, number(values.chain)),
	},
	(instances) => showProgress('instances', instances),
);
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(
	`${count(open)} open and ${count(ended)} ended instances with ${count(steps)} commands in ${seconds} s.\n`,
);
