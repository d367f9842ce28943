import type { ParsedModel } from '@sendback/engine/bpmn/parse-model.ts';
import type { ParsedDecision } from '@sendback/engine/dmn/parse-decision.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { ModelProblem } from '../services.ts';
import type { VerificationLimits } from './verify-model.ts';

export type ModelProtocol = {
	readonly flow: { readonly request: { readonly xml: string; readonly flowId: string }; readonly reply: ParsedModel };
	readonly decision: {
		readonly request: { readonly xml: string; readonly decisionId: string };
		readonly reply: ParsedDecision;
	};
	readonly verify: {
		readonly request: { readonly model: ProcessModel; readonly limits: VerificationLimits };
		readonly reply: readonly ModelProblem[];
	};
};
