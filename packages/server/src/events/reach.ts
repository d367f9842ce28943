import type { TokenId, Variables } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import { SYSTEM_USER } from '../commands/system-user.ts';
import type { Refusal } from '../refusals.ts';
import type { CommandService, Delivery, EventRecipient, InstanceId, TenantId } from '../services.ts';
import { groupBy } from '../timers/group-by.ts';
import { keyOf } from '../timers/key-of.ts';
import { armedAgain, type Recipients, type Startable, type Waiting } from './recipients.ts';

/** An event on its way. */
export interface OnItsWay {
	readonly tenant: TenantId;
	readonly variables: Variables;
	readonly businessKey: string | null;
	/** What makes it this event and no other, so that it comes and starts nothing twice; null: nobody repeats it. */
	readonly identity: string | null;
}

export interface Reached extends Pick<Delivery, 'delivered' | 'started'> {
	/** Who could not be reached, and why; whoever stopped waiting meanwhile is not among them. */
	readonly refusals: readonly { readonly by: EventRecipient; readonly refusal: Refusal }[];
}

export interface ReachDependencies {
	readonly pool: pg.Pool;
	readonly commands: Pick<CommandService, 'start' | 'submit'>;
}

/** Instances that are reached at a time: the others of the server's commands have to get through as well. */
const AT_A_TIME = 32;

/** Lets an event happen to each of its recipients, in one instance after the other where it waits in several places. */
export async function reach(
	{ pool, commands }: ReachDependencies,
	event: OnItsWay,
	{ waiting, startable }: Recipients,
): Promise<Reached> {
	const delivered: InstanceId[] = [];
	const started: InstanceId[] = [];
	const refusals: Reached['refusals'][number][] = [];

	/** An event that came meanwhile may have left another token to wait for the next one. */
	async function trigger(first: Waiting): Promise<boolean> {
		const { tenant, variables, identity } = event;
		const { instance, since } = first;
		const idempotency = identity === null || since === undefined ? null : keyOf('event', identity, instance, since);
		for (let token: TokenId | null = first.token; token !== null; ) {
			const command = { type: 'trigger-event', token, variables } as const;
			const answer = await commands.submit({ tenant, target: { instance }, command, idempotency });
			if (answer.ok) return true;
			if (!isOver(answer.refusal)) refusals.push({ by: { instance }, refusal: answer.refusal });
			if (answer.refusal.code !== 'event-not-awaited') return false;
			token = await armedAgain(pool, tenant, { ...first, token });
		}
		return false;
	}

	async function start(flow: Startable): Promise<void> {
		const answer = await commands.start(startRequest(event, flow));
		if (answer.ok) started.push(answer.value.instance);
		else refusals.push({ by: { namespace: flow.namespace, flowId: flow.flowId }, refusal: answer.refusal });
	}

	const lanes = [...groupBy(waiting, ({ instance }) => instance)];
	async function work(): Promise<void> {
		for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
			let isReached = false;
			for (const each of lane) if (await trigger(each)) isReached = true;
			if (isReached && lane[0] !== undefined) delivered.push(lane[0].instance);
		}
	}
	await Promise.all(Array.from({ length: Math.min(AT_A_TIME, lanes.length) }, work));
	for (const flow of startable) await start(flow);
	return { delivered: delivered.sort(), started, refusals };
}

function startRequest({ tenant, variables, businessKey, identity }: OnItsWay, flow: Startable) {
	const { namespace, flowId, node, version } = flow;
	return {
		tenant,
		namespace,
		flowId,
		initiator: SYSTEM_USER,
		variables,
		businessKey,
		idempotency: identity === null ? null : keyOf('event-start', identity, namespace, flowId, node),
		start: { node, version },
	};
}

function isOver({ code }: Refusal): boolean {
	return code === 'event-not-awaited' || code === 'instance-not-open' || code === 'instance-unknown';
}
