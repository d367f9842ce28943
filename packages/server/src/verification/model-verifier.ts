import { Worker } from 'node:worker_threads';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { ModelProblem } from '../services.ts';
import { incomplete, type VerificationLimits } from './verify-model.ts';
import type { VerificationTask } from './verify-worker.ts';
import { verifyWorkerFile } from './worker-file.ts';

/** What the verifier finds in a model, as warnings; it never fails, and says where it could not see all. */
export type VerifyModel = (model: ProcessModel) => Promise<readonly ModelProblem[]>;

/** Enough for every model that a person can draw and overlook; larger ones are told to be explored in part. */
const LIMITS: VerificationLimits = { states: 20_000, milliseconds: 300, problems: 20 };
/** For the thread to come up on a busy machine, and for a single step that does not look at the time. */
const THREAD_LIMIT_MS = 10_000;
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

/**
 * Verifies in a thread, because it computes for up to 300 ms, in which this one answers some thousand requests. A thread
 * a model: deployments are rare, and what one leaves behind cannot disturb the next. One at a time, so that many
 * deployments at once take one processor and not all of them.
 */
export function createModelVerifier(limits: VerificationLimits = LIMITS): VerifyModel {
	let last: Promise<unknown> = Promise.resolve();
	return (model) => {
		const verified = last.then(() => verifyInThread(model, limits));
		last = verified.catch(() => undefined);
		return verified;
	};
}

function verifyInThread(model: ProcessModel, limits: VerificationLimits): Promise<readonly ModelProblem[]> {
	return new Promise((resolve) => {
		const workerData: VerificationTask = { model, limits };
		const options = { workerData, resourceLimits: MEMORY_LIMITS, env: {}, argv: [], execArgv: [] };
		const worker = new Worker(verifyWorkerFile(), options);
		const giveUp = (reason: string) => settle([incomplete(model, reason)]);
		const timer = setTimeout(() => giveUp(`It took longer than ${THREAD_LIMIT_MS} ms.`), THREAD_LIMIT_MS);
		function settle(findings: readonly ModelProblem[]): void {
			clearTimeout(timer);
			resolve(findings);
			void worker.terminate();
		}
		worker.once('message', settle);
		worker.once('error', (error) => giveUp(error instanceof Error ? error.message : String(error)));
		worker.once('exit', () => giveUp('Its thread ended.'));
	});
}
