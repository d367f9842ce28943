import { type Apps, createApps } from './apps/app-service.ts';
import { createAnswers } from './commands/answer-question.ts';
import { createCommandService } from './commands/command-service.ts';
import { COMMIT_LIMITS, type CommitLimits, createCommitQueue } from './commands/commit-queue.ts';
import { InstanceLanes } from './commands/instance-lanes.ts';
import { LiveInstances } from './commands/live-instance.ts';
import { LongLogs } from './commands/long-logs.ts';
import { type CommandTarget, settleJobs } from './commands/settle-jobs.ts';
import { createDecisions } from './decisions/decision-service.ts';
import { createDirectory } from './directory/directory-service.ts';
import { createKnownUsers } from './directory/known-users.ts';
import { createEvents } from './events/event-service.ts';
import { FeelEvaluator } from './expressions/feel-evaluator.ts';
import { createFlows } from './flows/flow-service.ts';
import { createHistory, type History } from './history/history-service.ts';
import { makeMonths } from './history/log-months.ts';
import { Upkeep } from './history/upkeep.ts';
import { createCompensations } from './jobs/compensations.ts';
import { createJobs } from './jobs/job-service.ts';
import { ModelReader } from './models/model-reader.ts';
import type { Clock, Services } from './services.ts';
import { createCommandStore } from './storage/postgres/command-store.ts';
import { commitBatch } from './storage/postgres/commit-batch.ts';
import { connect, type PoolOptions, run } from './storage/postgres/connect.ts';
import { distribute, isDistributed } from './storage/postgres/distribute.ts';
import { createIdAllocator } from './storage/postgres/id-allocator.ts';
import { createInstanceReader } from './storage/postgres/instance-reader.ts';
import { createLogReader } from './storage/postgres/log-reader.ts';
import { migrate, readMigrations, whyNotMigrated } from './storage/postgres/migrate.ts';
import { isCausedByData, isHeldUp, isUniqueViolation } from './storage/postgres/server-errors.ts';
import { createTaskReader } from './storage/postgres/task-reader.ts';
import { advanceWithWork } from './timers/advance-time.ts';
import { DueLoop } from './timers/due-loop.ts';
import { createDueWork, type DueWork } from './timers/due-work.ts';
import { wakeOnCommit } from './timers/wake-on-commit.ts';

export interface ServiceOptions {
	/** How to reach PostgreSQL: what pg.Pool takes. */
	readonly connection: PoolOptions;
	readonly clock: Clock;
	readonly log: (message: string, details?: object) => void;
	/** Connections for everything but commits. */
	readonly connections?: number;
	/** False: fires no timers and delivers nothing by itself, as a command that runs beside a server. */
	readonly background?: boolean;
	/** How commits are batched; absent: as measured to be best. */
	readonly commits?: CommitLimits;
	/** Ids of apps that are treated as absent, whoever has put them into the database. */
	readonly absentApps?: readonly string[];
	/** Works as on shards, wherever the tables are: for tests. */
	readonly actSharded?: boolean;
}

export interface OpenedServices extends Services {
	/** Also takes apps whose id and secret are given, as the demo's are. */
	readonly apps: Apps;
	readonly history: History;
	/** Puts the tables of tenants on the shards of Citus. @returns those that were not there yet */
	distribute(): Promise<readonly string[]>;
	/** Drains the commands first, so that everything accepted is committed. */
	close(): Promise<void>;
	/** Fires what is due now and delivers what was thrown, until nothing is left. The loop in the background does the same. */
	runDueWork(): Promise<void>;
}

const CONNECTIONS = 8;

/**
 * Brings the database to this version and wires the services to it.
 *
 * @throws MigrationError where the database is newer than this binary or is not what it was made to be
 */
export async function openServices(options: ServiceOptions): Promise<OpenedServices> {
	const {
		connection,
		clock,
		log,
		connections = CONNECTIONS,
		background = true,
		commits: limits = COMMIT_LIMITS,
		absentApps = [],
		actSharded = false,
	} = options;
	const migrations = readMigrations();
	await migrate(connection, migrations);

	const database = connect({ connection, batchesInFlight: limits.inFlight, connections, log });
	const { pool } = database;
	// Where it cannot, the log goes to steps_rest and moves when somebody can.
	await makeMonths(pool, clock.now()).catch((error: unknown) => {
		log('the next months of the log could not be made', { error: String(error) });
	});
	const ids = createIdAllocator(async () => {
		const [row] = await run<{ block: number }>(pool, 'next-id-block', []);
		if (row === undefined) throw new Error('bug: a sequence always has a next value');
		return row.block;
	}, clock.now);
	const isSharded = actSharded || (await isDistributed(pool));
	const models = new ModelReader();
	const flows = createFlows(pool, clock, models, isSharded);
	const decisions = createDecisions(pool, clock, models, isSharded);
	const directory = createDirectory(pool);
	const feel = new FeelEvaluator();
	const store = createCommandStore(pool, flows.find, isSharded);
	const live = new LiveInstances(store.load, flows.models);
	const users = createKnownUsers(directory);
	database.onLost(() => {
		for (const each of [ids, flows, decisions, users, store, live]) each.forgetAll();
	});

	const answer = createAnswers({
		findFlow: flows.find,
		findDecision: decisions.find,
		userExists: users.exists,
		findGroup: directory.findGroup,
		evaluate: (tenant, source, variables) => feel.evaluate(tenant, source, variables),
		decide: (tenant, model, variables) => feel.decide(tenant, model, variables),
		...createLogReader(pool, isSharded),
	});
	const queue = createCommitQueue({
		commitBatch: (writes) => commitBatch(database.commits, writes),
		commitApart: (writes) => commitBatch(database.apart, writes),
		isCausedByData,
		isHeldUp,
		limits,
		underWay: () => lanes.underWay,
		isSharded,
	});
	const commits = wakeOnCommit(queue, (kind, at) => loops.get(kind)?.wake(at));
	const stepping = { clock, ids, answer, live, longLogs: new LongLogs() };
	const settling = { ...stepping, commits, isCausedByData };
	const lanes = new InstanceLanes<CommandTarget>((target, jobs) => settleJobs(settling, target, jobs));
	const commands = createCommandService({
		...stepping,
		lanes,
		findAnswer: store.findAnswer,
		instanceOf: store.instanceOf,
		instanceOfRollback: store.instanceOfRollback,
		compensations: createCompensations(pool, clock),
		rememberTask: store.rememberTask,
		findFlow: flows.find,
		isKeyTaken: (error) => isUniqueViolation(error, 'idempotency'),
	});

	const { load } = store;
	const outside = { pool, clock, commands, load, log };
	const work = createDueWork({ ...outside, findFlow: flows.find });
	// Test time moves by its call alone, and timers with it: nothing outruns whoever holds the clock.
	const byThemselves: Partial<DueWork['kinds']> =
		clock.advance === null ? work.kinds : { thrown: { pass: work.kinds.thrown.pass, nextDue: async () => null } };
	const loops = new Map(
		Object.entries(background ? byThemselves : {}).map(([kind, of]) => [
			kind,
			new DueLoop({ ...of, now: clock.now, log }),
		]),
	);
	for (const loop of loops.values()) loop.wake(clock.now());
	const upkeep = background ? new Upkeep({ pool: database.upkeep, now: clock.now, log }) : null;

	return {
		clock: advanceWithWork(clock, work),
		commands,
		events: createEvents({ ...outside, findAnswer: store.findAnswer, runDueTimers: work.runTimers }),
		jobs: createJobs(outside),
		runDueWork: async () => {
			await work.run();
		},
		instances: createInstanceReader(pool, load),
		tasks: createTaskReader({ pool, findFlow: flows.find, instanceOf: store.instanceOf, load }),
		flows,
		decisions,
		directory,
		apps: createApps(pool, clock, absentApps),
		history: createHistory(database.upkeep, clock),
		distribute: () => distribute(connection),
		notReady: () => whyNotMigrated(pool, migrations),
		close: async () => {
			await Promise.all([...loops.values()].map((loop) => loop.stop()));
			await upkeep?.stop();
			await commands.drain();
			await Promise.all([feel.close(), models.close()]);
			await database.close();
		},
	};
}
