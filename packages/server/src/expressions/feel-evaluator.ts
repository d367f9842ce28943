import type { DecisionOutcome } from '@sendback/engine/dmn/evaluate-decision.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { EvaluateAnswer } from '@sendback/engine/questions.ts';
import type { Variables } from '@sendback/engine/terms.ts';
import type { TenantId } from '../services.ts';
import { BoundedThread, type Outcome } from '../threads/bounded-thread.ts';
import { threadFile } from '../threads/thread-file.ts';
import type { FeelProtocol } from './feel-protocol.ts';

/** A plain FEEL expression takes well under a millisecond; one that takes this long is a mistake or an attack. */
const TIME_LIMIT_MS = 100;
/** A decision is many expressions: as often as this the time of one. */
const DECISION_TIMES = 5;
/** Of a tenant. At the time limit each, its last one waits half a minute; in practice they take milliseconds. */
const MAX_WAITING = 256;
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

export type EvaluateResult = EvaluateAnswer['result'];

export interface FeelEvaluatorOptions {
	readonly timeLimitMs?: number;
	readonly maxWaiting?: number;
}

/** Evaluates FEEL in a thread of its own, one expression at a time. */
export class FeelEvaluator {
	readonly #thread: BoundedThread<FeelProtocol>;
	readonly #timeLimitMs: number;

	constructor({ timeLimitMs = TIME_LIMIT_MS, maxWaiting = MAX_WAITING }: FeelEvaluatorOptions = {}) {
		const file = () => threadFile('expressions/feel-worker');
		this.#thread = new BoundedThread({ file, memory: MEMORY_LIMITS, maxWaiting });
		this.#timeLimitMs = timeLimitMs;
	}

	/** Null when too many expressions of the tenant wait already. */
	async evaluate(tenant: TenantId, source: string, variables: Variables): Promise<EvaluateResult | null> {
		return resultOf(await this.#thread.ask(tenant, 'expression', { source, variables }, this.#timeLimitMs));
	}

	/** The same for a whole decision. */
	async decide(tenant: TenantId, model: DecisionModel, variables: Variables): Promise<DecisionOutcome | null> {
		return resultOf(
			await this.#thread.ask(tenant, 'decision', { model, variables }, this.#timeLimitMs * DECISION_TIMES),
		);
	}

	/** Ends the thread. What still waits is answered with an error. */
	close(): Promise<void> {
		return this.#thread.close();
	}
}

function resultOf<Result>(outcome: Outcome<Result>): Result | { readonly ok: false; readonly message: string } | null {
	if (outcome.ok) return outcome.reply;
	switch (outcome.why) {
		case 'busy':
			return null;
		case 'stopping':
			return { ok: false, message: 'The server is stopping.' };
		case 'too-long':
			return { ok: false, message: `The expression took longer than ${outcome.limitMs} ms.` };
		case 'too-much-memory':
			return { ok: false, message: 'The expression used too much memory.' };
		case 'ended':
			return {
				ok: false,
				message: outcome.error instanceof Error ? outcome.error.message : 'The expression worker ended.',
			};
	}
}
