/** The thread that evaluates FEEL (feel-evaluator.ts). */
import { cutText } from '@sendback/engine/cut-text.ts';
import { evaluateDecision } from '@sendback/engine/dmn/evaluate-decision.ts';
import { evaluateFeel } from '@sendback/engine/expressions/evaluate-feel.ts';
import { serveThread } from '../threads/serve-thread.ts';
import type { FeelProtocol } from './feel-protocol.ts';

const MAX_MESSAGE_LENGTH = 500;

serveThread<FeelProtocol>({
	expression: ({ source, variables }) => caught(() => ({ ok: true, value: evaluateFeel(source, variables) })),
	decision: ({ model, variables }) => caught(() => evaluateDecision(model, variables)),
});

/** What the expression throws is said to whoever wrote it. */
function caught<Reply>(evaluate: () => Reply): Reply | { readonly ok: false; readonly message: string } {
	try {
		return evaluate();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		return { ok: false, message: cutText(message, MAX_MESSAGE_LENGTH) };
	}
}
