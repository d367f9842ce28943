/** The thread that reads models and explores them (model-reader.ts). */
import { parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import { parseDecision } from '@sendback/engine/dmn/parse-decision.ts';
import { serveThread } from '../threads/serve-thread.ts';
import type { ModelProtocol } from './model-protocol.ts';
import { verifyModel } from './verify-model.ts';

serveThread<ModelProtocol>({
	flow: ({ xml, flowId }) => parseModel(xml, flowId),
	decision: ({ xml, decisionId }) => parseDecision(xml, decisionId),
	verify: ({ model, limits }) => verifyModel(model, limits),
});
