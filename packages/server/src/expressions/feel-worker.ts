/** The thread that evaluates FEEL. It holds nothing, so it can be ended at any moment (feel-evaluator.ts). */

import { parentPort } from 'node:worker_threads';
import { cutText } from '@sendback/engine/cut-text.ts';
import { evaluateDecision } from '@sendback/engine/dmn/evaluate-decision.ts';
import { evaluateFeel } from '@sendback/engine/expressions/evaluate-feel.ts';
import type { FeelReply, FeelRequest } from './feel-messages.ts';

const MAX_MESSAGE_LENGTH = 500;

if (parentPort === null) throw new Error('bug: the FEEL worker is started as a thread');
const port = parentPort;

port.on('message', (request: FeelRequest) => reply(outcomeOf(request)));
reply({ kind: 'ready' });

function outcomeOf(request: FeelRequest): FeelReply {
	try {
		return { kind: 'value', json: JSON.stringify(answerTo(request)) };
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		return { kind: 'error', message: cutText(message, MAX_MESSAGE_LENGTH) };
	}
}

function answerTo(request: FeelRequest): unknown {
	return request.kind === 'expression'
		? evaluateFeel(request.source, request.variables)
		: evaluateDecision(request.model, request.variables);
}

function reply(message: FeelReply): void {
	port.postMessage(message);
}
