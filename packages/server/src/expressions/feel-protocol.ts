import type { DecisionOutcome } from '@sendback/engine/dmn/evaluate-decision.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { EvaluateAnswer } from '@sendback/engine/questions.ts';
import type { Variables } from '@sendback/engine/terms.ts';

/** The engine bounds the length of what comes out. */
export type FeelProtocol = {
	readonly expression: {
		readonly request: { readonly source: string; readonly variables: Variables };
		readonly reply: EvaluateAnswer['result'];
	};
	readonly decision: {
		readonly request: { readonly model: DecisionModel; readonly variables: Variables };
		readonly reply: DecisionOutcome;
	};
};
