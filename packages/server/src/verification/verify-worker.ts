/** The thread that verifies one model and ends (model-verifier.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { type VerificationLimits, verifyModel } from './verify-model.ts';

/** What the thread is started with. It answers with what verifyModel found. */
export interface VerificationTask {
	readonly model: ProcessModel;
	readonly limits: VerificationLimits;
}

if (parentPort === null) throw new Error('bug: the verifier is started as a thread');
const { model, limits } = workerData as VerificationTask;
parentPort.postMessage(verifyModel(model, limits));
