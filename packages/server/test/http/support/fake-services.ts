import { randomBytes } from 'node:crypto';
import { createTestClock } from '../../../src/clock/test-clock.ts';
import { type Refusal, refuse } from '../../../src/refusals.ts';
import type {
	App,
	CommandResult,
	Delivery,
	Deployment,
	EventService,
	HistoryEntry,
	InstanceView,
	Job,
	JobService,
	OpenJob,
	Resumption,
	RollbackPoint,
	Services,
	StartRequest,
	SubmitRequest,
	TaskRecord,
} from '../../../src/services.ts';

/** What a test can decide about the services behind the gateway, and see of what reached them. */
export interface FakeWorld {
	readonly services: Services;
	readonly apps: Map<string, App & { enabled: boolean }>;
	readonly started: StartRequest[];
	readonly submitted: SubmitRequest[];
	readonly messages: Parameters<EventService['correlate']>[0][];
	readonly signals: Parameters<EventService['broadcast']>[0][];
	readonly fetched: Parameters<JobService['fetch']>[0][];
	/** What was said about jobs: the name of the report and its parts. */
	readonly reported: { readonly what: string; readonly report: object }[];
	/** What a message or signal reaches. */
	delivery: Delivery;
	jobs: readonly Job[];
	openJobs: readonly OpenJob[];
	/** Follows from every command while set. */
	resumed: Resumption | null;
	instance: InstanceView | null;
	tasks: readonly TaskRecord[];
	history: readonly HistoryEntry[];
	/** Beside every task that is queried. */
	summary: Readonly<Record<string, string>>;
	/** Where every task can be sent back to, newest first; null: there is no such task. */
	points: readonly RollbackPoint[] | null;
	deployment: Deployment;
	readonly deployed: { readonly strict: boolean }[];
	/** Has no room for commands, for this reason, while set. */
	turnedAway: Refusal | null;
	/** Refuses every command with it while set. */
	refusal: Refusal | null;
	/** Throws it from every command while set. */
	failure: Error | null;
	/** Answers commands as repeated. */
	repeated: boolean;
}

export const START_TIME = Date.UTC(2030, 0, 15, 8, 30);

/** The services without a database, for tests of the gateway: it decides nothing about flows, tasks and instances. */
export function fakeServices(): FakeWorld {
	const clock = createTestClock(START_TIME);
	const apps: FakeWorld['apps'] = new Map();
	const secrets = new Map<string, string>();
	const tickets = new Map<string, string>();
	const answered = <T>(value: T) => ({ ok: true, value }) as const;
	const result = (): CommandResult => ({
		instance: '1816970091484211',
		status: 'in_process',
		repeated: world.repeated,
		opened: [],
		rollback: null,
		resumed: world.resumed,
	});
	async function command<T>(value: T) {
		if (world.failure !== null) throw world.failure;
		return world.refusal === null ? answered(value) : ({ ok: false, refusal: world.refusal } as const);
	}
	function reported(what: string, report: object) {
		world.reported.push({ what, report });
		return command(null);
	}
	const services: Services = {
		clock,
		notReady: async () => null,
		commands: {
			whyNotNow: () => world.turnedAway,
			expect() {},
			turnedAway() {},
			async start(request) {
				world.started.push(request);
				return command(result());
			},
			async submit(request) {
				world.submitted.push(request);
				return command(result());
			},
			previewRollback: () =>
				command({ rollback: null, reopened: [], closed: [], undone: [], kept: [], barriers: [], compensations: [] }),
			previewMigration: () =>
				command({ ...result(), migration: { from: 1, to: 2, moved: [], tasks: [], armed: [], canceled: [] } }),
			drain: async () => {},
		},
		events: {
			async correlate(message) {
				world.messages.push(message);
				return command(world.delivery);
			},
			async broadcast(signal) {
				world.signals.push(signal);
				return command(world.delivery);
			},
			runDueTimers: async () => undefined,
		},
		jobs: {
			async fetch(request) {
				world.fetched.push(request);
				return world.jobs;
			},
			ofInstance: async () => world.openJobs,
			atRest: async () => world.openJobs,
			complete: (report) => reported('complete', report),
			fail: (report) => reported('fail', report),
			throwError: (report) => reported('throwError', report),
			setRetries: (tenant, job, retries) => reported('setRetries', { tenant, job, retries }),
		},
		instances: {
			find: async () => world.instance,
			history: async (_tenant, _instance, cursor, limit) => {
				const { instance, history } = world;
				const rest = history.filter(({ position }) => position > cursor);
				return instance === null ? null : { entries: rest.slice(0, limit), hasMore: rest.length > limit };
			},
		},
		tasks: {
			ofInstance: async () => world.tasks,
			find: async () => null,
			rollbackPoints: async (_tenant, task, _user, _occurrences, atMost) =>
				world.points === null
					? { ok: false, refusal: refuse('task-unknown', { task }) }
					: answered(world.points.slice(0, atMost)),
			async query() {
				if (world.failure !== null) throw world.failure;
				return {
					count: 1,
					tasks: [
						{
							id: '1785996265147395',
							openedAt: START_TIME,
							instance: '1816970091484211',
							instanceStatus: 'in_process',
							flowName: 'Expense',
							nodeName: 'Manager',
							initiator: { id: '1001', name: '员工 Employee' },
							summary: world.summary,
						},
					],
				};
			},
		},
		flows: {
			async deploy(_tenant, _namespace, _flowId, _xml, options = { strict: false }) {
				world.deployed.push(options);
				return world.deployment;
			},
			find: async () => null,
		},
		decisions: {
			deploy: async () => ({ ok: true, version: 1, warnings: [] }),
			find: async () => null,
		},
		directory: {
			putUser: async (_tenant, user) => answered(user),
			putGroup: async (_tenant, group) => answered(group),
			findUser: async () => null,
			findUserByEmail: async (_tenant, email) =>
				email === 'employee@example.com'
					? { id: '1001', name: '员工 Employee', email, managerId: null, departments: [], outOfOffice: null }
					: null,
			findGroup: async () => null,
		},
		apps: {
			find: async (id) => apps.get(id) ?? null,
			secretMatches: async (id, secret) => secrets.get(id) === secret,
			async create({ tenant, name, scopes, store }) {
				const id = `cli_${randomBytes(8).toString('hex')}`;
				const secret = randomBytes(16).toString('hex');
				apps.set(id, { id, tenant, name, scopes, store, enabled: true, tokenKey: randomBytes(32) });
				secrets.set(id, secret);
				return { id, secret };
			},
			async setEnabled(id, enabled) {
				const app = apps.get(id);
				if (app === undefined) return false;
				app.enabled = enabled;
				return true;
			},
			async issueTicket(id) {
				const ticket = randomBytes(8).toString('hex');
				tickets.set(id, ticket);
				return ticket;
			},
			ticketMatches: async (id, ticket) => tickets.get(id) === ticket,
		},
	};
	const world: FakeWorld = {
		services,
		apps,
		started: [],
		submitted: [],
		messages: [],
		signals: [],
		fetched: [],
		reported: [],
		delivery: { delivered: ['1816970091484211'], started: [] },
		jobs: [],
		openJobs: [],
		resumed: null,
		instance: null,
		tasks: [],
		history: [],
		summary: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`v${n}`, String(n)])),
		points: null,
		deployment: { ok: true, version: 1, warnings: [] },
		deployed: [],
		turnedAway: null,
		refusal: null,
		failure: null,
		repeated: false,
	};
	return world;
}
