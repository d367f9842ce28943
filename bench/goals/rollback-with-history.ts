import { REAL_CLOCK } from '@sendback/server/clock/real-clock.ts';
import { type OpenedServices, openServices } from '@sendback/server/server.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { createRequests, type Requests } from '../load/requests.ts';
import { showProgress } from '../support/progress.ts';
import { startSendback, TENANT } from '../support/sendback-server.ts';
import { connectToServer } from '../support/server-client.ts';
import { median } from '../support/statistics.ts';
import type { Goal } from './goal.ts';
import { type LongInstance, makeLongInstance } from './long-instance.ts';
import { LOOP_FLOW, LOOP_XML } from './loop-flow.ts';

const USER = 'caller-0';
const SHORT_HISTORY = 100;

export const ROLLBACK_WITH_HISTORY: Goal = {
	number: 5,
	title: 'after 1,000,000 log events ÷ after 100, the same distance back',
	figures: [
		{ name: 'p50 of a rollback', target: { atMost: 1.2 } },
		{ name: 'p50 of rollback points', target: { atMost: 1.2 } },
	],
	async open({ postgres, sizes, log }) {
		const databaseUrl = await postgres.createDatabase('bench_log');
		const connection = { connectionString: databaseUrl };
		const services = await openServices({ connection, clock: REAL_CLOCK, log: () => undefined, background: false });
		await prepare(services);
		log(`one instance with ${sizes.longHistory} events`);
		const progress = showProgress('    events', sizes.longHistory);
		let long = await makeLongInstance(services, TENANT, USER, sizes.longHistory, progress);

		const server = await startSendback(databaseUrl);
		const url = new URL(server.url);
		const [appId = '', secret = ''] = server.app.split(':');
		const client = await connectToServer(url, appId, secret);
		const lone = new LoneCaller(await HttpConnection.open(url), createRequests(client));
		return {
			round: async () => {
				const shorts: LongInstance[] = [];
				for (let made = 0; made < sizes.repetitions; made++) {
					shorts.push(await makeLongInstance(services, TENANT, USER, SHORT_HISTORY));
				}
				const points = { long: [] as number[], short: [] as number[] };
				const rollbacks = { long: [] as number[], short: [] as number[] };
				for (const short of shorts) {
					// Once unmeasured: the server reads an instance that it has not seen for a while.
					await lone.points(short);
					await lone.points(long);
					points.short.push(await lone.points(short));
					points.long.push(await lone.points(long));
					rollbacks.short.push((await lone.rollBackAndOn(short)).milliseconds);
					const back = await lone.rollBackAndOn(long);
					rollbacks.long.push(back.milliseconds);
					long = back.instance;
				}
				return [rollbacks, points].map((times) => {
					const parts = { 'long ms': median(times.long), 'short ms': median(times.short) };
					return { value: parts['long ms'] / parts['short ms'], parts };
				});
			},
			close: async () => {
				lone.close();
				await server.stop();
				await services.close();
			},
		};
	},
};

async function prepare({ flows, directory }: OpenedServices): Promise<void> {
	const deployment = await flows.deploy(TENANT, LOOP_FLOW.namespace, LOOP_FLOW.id, LOOP_XML);
	if (!deployment.ok) throw new Error(`The loop was refused: ${JSON.stringify(deployment)}`);
	const user = { id: USER, name: USER, email: null, managerId: null, departments: [], outOfOffice: null };
	await directory.putUser(TENANT, user);
}

/** One request at a time, with nobody else there. */
class LoneCaller {
	readonly #connection: HttpConnection;
	readonly #requests: Requests;

	constructor(connection: HttpConnection, requests: Requests) {
		this.#connection = connection;
		this.#requests = requests;
	}

	async points({ task }: LongInstance): Promise<number> {
		return (await this.#timed(this.#requests.get(`/api/v1/tasks/${task}/rollback-points?user_id=${USER}`)))
			.milliseconds;
	}

	/** Sends the open task back to the one before it; then agrees to that again, unmeasured, so that all is as before. */
	async rollBackAndOn(
		instance: LongInstance,
	): Promise<{ readonly milliseconds: number; readonly instance: LongInstance }> {
		const rollback = { user_id: USER, to_task_id: instance.before, opinion: 'Once more' };
		const { milliseconds, answer } = await this.#timed(
			this.#requests.write(`/api/v1/tasks/${instance.task}/rollback`, rollback),
		);
		const { reopened } = answer as { reopened: readonly { id: string }[] };
		const before = reopened[0]?.id ?? '';
		const agree = { user_id: USER, decision: 'agree' };
		const next = await this.#timed(this.#requests.write(`/api/v1/tasks/${before}/complete`, agree));
		const { opened } = next.answer as { opened: readonly { id: string }[] };
		return { milliseconds, instance: { ...instance, task: opened[0]?.id ?? '', before } };
	}

	close(): void {
		this.#connection.close();
	}

	async #timed(request: string): Promise<{ readonly milliseconds: number; readonly answer: unknown }> {
		const startedAt = performance.now();
		const { status, body } = await this.#connection.send(request);
		const milliseconds = performance.now() - startedAt;
		const text = body.toString();
		if (status !== 200) throw new Error(`refused with ${status}: ${text}`);
		return { milliseconds, answer: JSON.parse(text) };
	}
}
