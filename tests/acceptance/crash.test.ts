import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn } from './bpmn.ts';
import { instance } from './instance.ts';
import { type Json, postmasterPid, type Server, startServer } from './server.ts';

const workers = 16;
const beforeCrash_ms = 700;
const afterCrash_ms = 700;

const twoSteps = bpmn({
	id: 'twoSteps',
	tasks: ['first', 'second'],
	flows: [
		['start', 'first'],
		['first', 'second'],
		['second', 'end'],
	],
});

interface Call {
	readonly path: string;
	readonly body: Json;
	readonly key: string;
	/** The first answer that was no refusal for the moment. */
	answer?: Json;
	attempts: number;
}

/** Clients that repeat a call, under the same key, until it is answered: through a crash and the start after it. */
class Clients {
	readonly calls: Call[] = [];
	readonly unexpected: string[] = [];
	server: Server;
	#going = true;
	readonly #name: string;
	readonly #all: Promise<unknown>;

	constructor(server: Server, name: string) {
		this.server = server;
		this.#name = name;
		this.#all = Promise.all(Array.from({ length: workers }, (_, worker) => this.#work(worker)));
	}

	answered(): number {
		return this.calls.filter((call) => call.answer !== undefined).length;
	}

	async finish(): Promise<void> {
		this.#going = false;
		await this.#all;
	}

	async #work(worker: number): Promise<void> {
		for (let round = 0; this.#going; round++) {
			const key = `${this.#name}-${worker}-${round}`;
			const started = await this.#call(`${key}-start`, '/instances', {
				namespace: 'demo__c',
				flow_id: 'twoSteps',
				initiator_id: '1001',
			});
			let task = started?.tasks[0].id;
			for (const step of ['first', 'second']) {
				if (task === undefined) return;
				const body = { user_id: '1001', decision: 'agree', variables: { [step]: round } };
				task = (await this.#call(`${key}-${step}`, `/tasks/${task}/complete`, body))?.opened[0]?.id;
			}
		}
	}

	async #call(key: string, path: string, body: Json): Promise<Json> {
		const call: Call = { key, path, body, attempts: 0 };
		this.calls.push(call);
		const giveUp_ms = Date.now() + 15_000;
		while (Date.now() < giveUp_ms) {
			call.attempts++;
			const answer = await repeat(this.server, call).catch(() => undefined);
			if (answer?.status === 200 || answer?.status === 201) {
				call.answer = answer.json;
				return answer.json;
			}
			if (answer !== undefined && answer.status !== 503 && answer.status !== 429) {
				this.unexpected.push(`${key}: ${answer.status} ${answer.text}`);
				return undefined;
			}
			await pause(50);
		}
		this.unexpected.push(`${key}: no answer for 15 s`);
		return undefined;
	}
}

function repeat(server: Server, call: Call) {
	return server.native(call.path, call.body, { 'idempotency-key': call.key });
}

function pause(duration_ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, duration_ms));
}

/** Holds all that clients were told against what is there, and against what repeating every call answers. */
async function judge(clients: Clients): Promise<void> {
	const server = clients.server;
	expect(clients.unexpected).toEqual([]);
	for (const call of clients.calls) {
		const again = await repeat(server, call);
		expect([200, 201], `${call.key}: ${again.text}`).toContain(again.status);
		expect({ ...again.json, repeated: true }, call.key).toEqual({ ...call.answer, repeated: true });
		expect(again.json.repeated).toBe(true);
	}
	const started = clients.calls.filter((call) => call.key.endsWith('-start'));
	const ids = started.map((call) => call.answer.id);
	expect(new Set(ids).size).toBe(ids.length);
	const agreed = new Set(
		clients.calls.filter((call) => call.path.startsWith('/tasks')).map((call) => call.path.split('/')[2]),
	);
	for (const id of ids) {
		const one = instance(server, id);
		const view = await one.view();
		const tasks = view.tasks.map((task: Json) => `${task.node_id} ${task.status}`);
		const told = view.tasks.filter((task: Json) => agreed.has(task.id)).length;
		expect(tasks, `${id} after ${told} decisions`).toEqual(
			[
				['start completed', 'first in_process'],
				['start completed', 'first agreed', 'second in_process'],
				['start completed', 'first agreed', 'second agreed'],
			][told],
		);
		expect(view.status).toBe(told === 2 ? 'agreed' : 'in_process');
		const history = await one.history();
		expect(history.map((entry) => entry.position)).toEqual(history.map((_, index) => index + 1));
		expect(history.map((entry) => entry.what)).toEqual(
			['instance_started', 'task_decided', 'task_decided'].slice(0, told + 1),
		);
		const sequence = history.flatMap((entry) => entry.events.map((event: Json) => event.seq));
		expect(sequence).toEqual(sequence.map((_, index) => index + 1));
	}
}

/** The process ids of PostgreSQL's processes that serve a client. */
function backends(postmaster: number): number[] {
	return childrenOf(postmaster, /postgres: (?!.*(checkpointer|writer|launcher|worker|logger|io))/);
}

/** The process ids of the children of a process whose command line is of this kind. */
function childrenOf(parent: number, kind: RegExp): number[] {
	const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' });
	return children
		.split('\n')
		.filter((line) => kind.test(line))
		.map((line) => Number.parseInt(line, 10));
}

async function through(server: Server, name: string, crash: (server: Server) => Promise<Server>): Promise<Server> {
	const clients = new Clients(server, name);
	await pause(beforeCrash_ms);
	const before = clients.answered();
	expect(before).toBeGreaterThan(workers);
	clients.server = await crash(server);
	await pause(afterCrash_ms);
	await clients.finish();
	expect(clients.answered()).toBeGreaterThan(before);
	expect(
		clients.calls.some((call) => call.attempts > 1),
		'the crash was felt',
	).toBe(true);
	await judge(clients);
	return clients.server;
}

describe('kill -9 under load', () => {
	let server: Server;

	beforeAll(async () => {
		server = await startServer();
		const deployed = await server.deploy('twoSteps', twoSteps);
		expect(deployed.status, deployed.text).toBe(200);
	});

	afterAll(() => server?.close());

	test('of Node: the next start goes on where it was, and nothing answered is lost or done twice', async () => {
		server = await through(server, 'node', async (killed) => {
			await killed.end('SIGKILL');
			return killed.restart();
		});
	}, 25_000);

	test("of PostgreSQL's postmaster: the server goes on by itself", async () => {
		server = await through(server, 'postmaster', async (same) => {
			process.kill(await postmasterPid(same.dataDir), 'SIGKILL');
			return same;
		});
	}, 25_000);

	test('of one PostgreSQL backend: the server goes on by itself', async () => {
		server = await through(server, 'backend', async (same) => {
			const [victim] = backends(await postmasterPid(same.dataDir));
			expect(victim).toBeGreaterThan(0);
			process.kill(victim ?? 0, 'SIGKILL');
			return same;
		});
	}, 25_000);

	test('of both at once: the next start recovers', async () => {
		server = await through(server, 'both', async (killed) => {
			const postmaster = await postmasterPid(killed.dataDir);
			const ended = killed.end('SIGKILL');
			process.kill(postmaster, 'SIGKILL');
			await ended;
			return killed.restart();
		});
	}, 25_000);
});

describe('several processes that serve together', () => {
	let server: Server;

	beforeAll(async () => {
		server = await startServer({ env: { SENDBACK_PROCESSES: '2' } });
		const deployed = await server.deploy('twoSteps', twoSteps);
		expect(deployed.status, deployed.text).toBe(200);
	});

	afterAll(() => server?.close());

	const serving = () => childrenOf(server.pid, /sendback\.js serve/);
	const isAlive = (pid: number) => {
		try {
			process.kill(pid, 0);
			return true;
		} catch {
			return false;
		}
	};

	/** Instances that all of them together have counted as started; -1 where nobody says it in time. */
	async function counted(): Promise<number> {
		const answer = await server.request('/metrics', { timeout_ms: 4_000 }).catch(() => null);
		const text = answer?.status === 200 ? answer.text : '';
		return Number(/^sendback_commands_total\{type="start-instance",outcome="accepted"\} (\d+)$/m.exec(text)?.[1] ?? -1);
	}

	test('share the work, and tell the metrics of all', async () => {
		expect(serving()).toHaveLength(2);
		// Each on a connection of its own, so that both processes get some.
		const ids = await Promise.all(
			Array.from({ length: 20 }, async () => {
				const body = { namespace: 'demo__c', flow_id: 'twoSteps', initiator_id: '1001' };
				const started = await server.native('/instances', body, { connection: 'close' });
				expect(started.status, started.text).toBe(201);
				return started.json.id;
			}),
		);
		expect(new Set(ids).size).toBe(20);
		expect(await counted()).toBeGreaterThanOrEqual(20);
	});

	test('tell what all have counted, also while one of them hangs, and when it has ended', async () => {
		const before = await counted();
		const [hanging = 0] = serving();
		process.kill(hanging, 'SIGSTOP');
		// A connection that is kept may be one to it.
		await expect.poll(counted, { timeout: 15_000 }).toBe(before);
		process.kill(hanging, 'SIGKILL');
		await expect.poll(serving, { timeout: 10_000 }).not.toContain(hanging);
		await expect.poll(counted, { timeout: 10_000 }).toBe(before);
		await expect.poll(() => server.log().match(/"msg":"ready"/g), { timeout: 10_000 }).toHaveLength(3);
	}, 60_000);

	test('go on when one of them is killed with -9, and another one takes its place', async () => {
		const [victim = 0, other] = serving();
		server = await through(server, 'process', async (same) => {
			process.kill(victim, 'SIGKILL');
			return same;
		});
		await expect.poll(serving, { timeout: 10_000 }).toHaveLength(2);
		expect(serving()).toContain(other);
		expect(serving()).not.toContain(victim);
	}, 25_000);

	test('end with the one that started them, whether it is asked to or killed', async () => {
		const before = serving();
		await server.end('SIGKILL');
		await expect.poll(() => before.filter(isAlive), { timeout: 5_000 }).toEqual([]);
		server = await server.restart();
		const after = serving();
		expect(after).toHaveLength(2);
		expect(await server.end('SIGTERM')).toBe(0);
		expect(after.filter(isAlive)).toEqual([]);
	}, 25_000);
});
