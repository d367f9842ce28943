import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { Variables } from '@sendback/engine/terms.ts';

/** What is sent to the worker, one at a time. */
export type FeelRequest =
	| { readonly kind: 'expression'; readonly source: string; readonly variables: Variables }
	/** Its value is a `DecisionOutcome`. */
	| { readonly kind: 'decision'; readonly model: DecisionModel; readonly variables: Variables };

/** What it answers: first `ready`, then one outcome a request. The value comes as JSON; the engine bounds its length. */
export type FeelReply =
	| { readonly kind: 'ready' }
	| { readonly kind: 'value'; readonly json: string }
	| { readonly kind: 'error'; readonly message: string };
