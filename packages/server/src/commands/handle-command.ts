import type { Command } from '@sendback/engine/commands.ts';
import type { RollbackId, TaskId } from '@sendback/engine/terms.ts';
import { type Refusal, refuse } from '../refusals.ts';
import type {
	Answered,
	Clock,
	CommandResult,
	FlowService,
	InstanceId,
	StartRequest,
	SubmitRequest,
	SubmittedCommand,
	TenantId,
} from '../services.ts';
import { type IdAllocator, takeIds } from '../storage/postgres/id-allocator.ts';
import type { Decision, Job } from './fold-jobs.ts';
import { type FindAnswer, recall } from './idempotency.ts';
import type { InstanceLanes } from './instance-lanes.ts';
import type { LiveInstance } from './live-instance.ts';
import type { CommandTarget } from './settle-jobs.ts';
import { whyNotStorable } from './storable.ts';
import { type Compensations, withoutWorkers } from './without-workers.ts';

export interface HandleDependencies {
	readonly findAnswer: FindAnswer;
	/** The instance of a task; null where there is no such task. */
	readonly instanceOf: (tenant: TenantId, task: string) => Promise<InstanceId | null>;
	/** The instance of a rollback; null where there is no such rollback. */
	readonly instanceOfRollback: (tenant: TenantId, rollback: RollbackId) => Promise<InstanceId | null>;
	/** Keeps workers from the compensations of a rollback. */
	readonly compensations: Compensations;
	/** Takes note of a task that was opened. */
	readonly rememberTask: (tenant: TenantId, task: TaskId, instance: InstanceId) => void;
	readonly findFlow: FlowService['find'];
	readonly ids: IdAllocator;
	readonly clock: Clock;
	/** Loads the state, steps, commits: settle-jobs.ts, one lane an instance. */
	readonly lanes: InstanceLanes<CommandTarget>;
	/** True where an error says that the idempotency key was committed by somebody else meanwhile. */
	readonly isKeyTaken: (error: unknown) => boolean;
}

/** Whoever has done one of these to a task cannot do it again. */
const ENDS_ITS_TASK: ReadonlySet<SubmittedCommand['type']> = new Set(['decide-task', 'roll-back']);

/** One command from the request to its answer. */
export async function handleCommand(
	deps: HandleDependencies,
	request: StartRequest | SubmitRequest,
): Promise<Answered<CommandResult>> {
	const { tenant, idempotency } = request;

	const unstorable = whyNotStorable(request);
	if (unstorable !== null) return no(unstorable);

	const endsItsTask = 'command' in request && ENDS_ITS_TASK.has(request.command.type);
	const [earlier, found] = await Promise.all([
		// 1. A repeat gets the answer it already got. Where the command ends its own task a repeat is refused, and looked up
		//    then (6): that saves a look-up for all that are no repeats.
		endsItsTask ? null : recall(deps.findAnswer, tenant, idempotency),
		// 2. Which instance is it about?
		'flowId' in request ? newInstance(deps, request) : findInstance(deps, request),
	]);
	if (earlier !== null) return earlier;
	if (!found.ok) return found;
	const { target, command } = found.value;

	// 3. Load its state, 4. step, 5. commit: together with other commands of the instance, and of other instances.
	const job: Job = { command, idempotency };
	const decision = await withoutWorkers(deps.compensations, target, command, () =>
		deps.lanes.decide(`${tenant}/${target.id}`, target, job),
	);

	// 6. Answer. Where nothing was committed, the same request may have been, meanwhile and elsewhere.
	if (decision.kind === 'accepted') {
		for (const task of decision.result.opened) deps.rememberTask(tenant, task.id, target.id);
		return { ok: true, value: decision.result };
	}
	const meanwhile = mayBeRepeat(deps, decision) ? await recall(deps.findAnswer, tenant, idempotency) : null;
	if (meanwhile !== null) return meanwhile;
	if (decision.kind === 'failed') throw decision.error;
	return { ok: false, refusal: decision.refusal };
}

function mayBeRepeat({ isKeyTaken }: HandleDependencies, decision: Decision): boolean {
	return decision.kind === 'refused' || (decision.kind === 'failed' && isKeyTaken(decision.error));
}

type Found = Answered<{ readonly target: CommandTarget; readonly command: Command }>;

async function newInstance(deps: HandleDependencies, request: StartRequest): Promise<Found> {
	const { tenant, namespace, flowId, initiator, variables, businessKey, start } = request;
	const flow = await deps.findFlow(tenant, namespace, flowId, start?.version ?? null);
	if (flow === null) return no(refuse('flow-unknown', { namespace, flow: flowId }));
	const id = String(await takeIds(deps.ids, 1));
	const startedAt = deps.clock.now();
	const facts = { tenant, id, namespace, flowId, flowVersion: flow.version, initiator, businessKey, startedAt };
	const fresh: LiveInstance = { facts, model: flow.model, version: 0, state: null, endedAt: null };
	return {
		ok: true,
		value: {
			target: { tenant, id, fresh },
			command: { type: 'start-instance', initiator, variables, ...(start === undefined ? {} : { start: start.node }) },
		},
	};
}

async function findInstance(deps: HandleDependencies, { tenant, target, command }: SubmitRequest): Promise<Found> {
	const found = await targetInstance(deps, tenant, target);
	if (!found.ok) return found;
	const complete = await completeCommand(deps, target, command);
	return { ok: true, value: { target: { tenant, id: found.value, fresh: null }, command: complete } };
}

/** Which instance a request is about; a refusal where there is nothing of that id. */
export async function targetInstance(
	deps: Pick<HandleDependencies, 'instanceOf' | 'instanceOfRollback'>,
	tenant: TenantId,
	target: SubmitRequest['target'],
): Promise<Answered<InstanceId>> {
	if ('instance' in target) return { ok: true, value: target.instance };
	if ('task' in target) {
		const id = await deps.instanceOf(tenant, target.task);
		return id === null ? no(refuse('task-unknown', { task: target.task })) : { ok: true, value: id };
	}
	const id = await deps.instanceOfRollback(tenant, target.rollback);
	return id === null ? no(refuse('rollback-unknown', { rollback: target.rollback })) : { ok: true, value: id };
}

/** Adds what the server knows: the id of a new rollback, or of the one that is taken back. */
async function completeCommand(
	{ ids }: HandleDependencies,
	target: SubmitRequest['target'],
	command: SubmittedCommand,
): Promise<Command> {
	if (command.type === 'roll-back') return { ...command, rollback: String(await takeIds(ids, 1)) };
	if (command.type !== 'undo-rollback') return command;
	if (!('rollback' in target)) throw new Error('bug: what is taken back is named by its own id');
	return { ...command, rollback: target.rollback };
}

function no(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
	return { ok: false, refusal };
}
