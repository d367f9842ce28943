import { MODEL_PROBLEMS } from '@sendback/engine/bpmn/model-problems.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { SHUTTING_DOWN, TOO_BUSY } from '../refusals.ts';
import type { Deployment, ModelProblem, TenantId } from '../services.ts';
import { BoundedThread, type NoReply, type Outcome } from '../threads/bounded-thread.ts';
import { threadFile } from '../threads/thread-file.ts';
import type { ModelProtocol } from './model-protocol.ts';
import { incomplete, type VerificationLimits } from './verify-model.ts';

/** Enough for every model that a person can draw and overlook; larger ones are told to be explored in part. */
const VERIFICATION_LIMITS: VerificationLimits = { states: 20_000, milliseconds: 300, problems: 20 };
/** The largest model that may be sent takes a fifth of it on an idle machine. */
const TIME_LIMIT_MS = 10_000;
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };
/** Of a tenant. Deployments are rare; whoever sends this many at once is told to send them one after the other. */
const MAX_WAITING = 64;
/** Deployments come together, and then none for days. */
const IDLE_MS = 5_000;

export interface ModelReaderOptions {
	readonly verification?: VerificationLimits;
	readonly timeLimitMs?: number;
	readonly maxWaiting?: number;
}

/** What was read, or why nothing is deployed. */
export type Read<Model> =
	| { readonly ok: true; readonly model: Model; readonly warnings: readonly ModelProblem[] }
	| NotDeployed;
type NotDeployed = Extract<Deployment, { ok: false }>;

/**
 * Reads and explores what is deployed, in a thread: each of both computes for as long as this one takes to answer some
 * thousand requests.
 */
export class ModelReader {
	readonly #thread: BoundedThread<ModelProtocol>;
	readonly #verification: VerificationLimits;
	readonly #timeLimitMs: number;

	constructor(options: ModelReaderOptions = {}) {
		const { verification = VERIFICATION_LIMITS, timeLimitMs = TIME_LIMIT_MS, maxWaiting = MAX_WAITING } = options;
		const file = () => threadFile('models/model-worker');
		this.#thread = new BoundedThread({ file, memory: MEMORY_LIMITS, maxWaiting, idleMs: IDLE_MS });
		this.#verification = verification;
		this.#timeLimitMs = timeLimitMs;
	}

	async readFlow(tenant: TenantId, xml: string, flowId: string): Promise<Read<ProcessModel>> {
		return read(await this.#thread.ask(tenant, 'flow', { xml, flowId }, this.#timeLimitMs));
	}

	async readDecision(tenant: TenantId, xml: string, decisionId: string): Promise<Read<DecisionModel>> {
		return read(await this.#thread.ask(tenant, 'decision', { xml, decisionId }, this.#timeLimitMs));
	}

	/** What can go wrong in a model, as warnings; it never fails, and says where it could not see all. */
	async verify(tenant: TenantId, model: ProcessModel): Promise<readonly ModelProblem[]> {
		const outcome = await this.#thread.ask(tenant, 'verify', { model, limits: this.#verification }, this.#timeLimitMs);
		return outcome.ok ? outcome.reply : [incomplete(model, UNEXPLORED[outcome.why])];
	}

	/** Ends the thread. What still waits is refused. */
	close(): Promise<void> {
		return this.#thread.close();
	}
}

const UNEXPLORED: Readonly<Record<NoReply['why'], string>> = {
	busy: 'Too many models were deployed at once.',
	stopping: 'The server was stopping.',
	'too-long': 'It took too long.',
	'too-much-memory': 'It took too much memory.',
	ended: 'Its thread ended.',
};

type Parsed<Model> =
	| { readonly ok: true; readonly model: Model; readonly warnings: readonly ModelProblem[] }
	| { readonly ok: false; readonly errors: readonly ModelProblem[] };

function read<Model>(outcome: Outcome<Parsed<Model>>): Read<Model> {
	if (!outcome.ok) return unread(outcome);
	return outcome.reply.ok ? outcome.reply : { ...outcome.reply, by: 'reader' };
}

function unread(failure: NoReply): NotDeployed {
	switch (failure.why) {
		case 'busy':
			return { ok: false, by: 'server', refusal: TOO_BUSY };
		case 'stopping':
			return { ok: false, by: 'server', refusal: SHUTTING_DOWN };
		case 'too-long':
			return tooLarge('It took too long to read.');
		case 'too-much-memory':
			return tooLarge('It took too much memory to read.');
		case 'ended':
			throw new Error('bug: the thread that reads models ended', { cause: failure.error });
	}
}

function tooLarge(reason: string): NotDeployed {
	const code = 'model-too-large';
	const message = `${MODEL_PROBLEMS[code].message} ${reason}`;
	return { ok: false, by: 'reader', errors: [{ code, elementId: null, line: 0, message }] };
}
