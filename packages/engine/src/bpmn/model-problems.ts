import type { ElementId } from '../terms.ts';

/**
 * The one registry of what is found in a model when it is read. A code is stable: it is documented in docs/models.md,
 * never changes its meaning and is never used again for another one. A test holds registry and document equal.
 * An error refuses the model whole; a warning is something its author should know.
 */
export const MODEL_PROBLEMS = {
	'model-too-large': { severity: 'error', message: 'The model is larger than a model may be.' },
	'xml-invalid': { severity: 'error', message: 'The document is not well-formed XML.' },
	'xml-doctype': { severity: 'error', message: 'A document type declaration is not allowed.' },
	'xml-encoding': { severity: 'error', message: 'Only UTF-8 is read.' },
	'not-bpmn': { severity: 'error', message: 'This is not BPMN 2.0.' },
	'not-dmn': { severity: 'error', message: 'This is not DMN 1.1 to 1.5.' },
	'id-missing': { severity: 'error', message: 'The element needs an id.' },
	'id-invalid': { severity: 'error', message: 'The id cannot be used.' },
	'id-duplicate': { severity: 'error', message: 'The id is used more than once.' },
	'reference-missing': { severity: 'error', message: 'The element does not say what it refers to.' },
	'reference-unresolved': { severity: 'error', message: 'The element refers to an id that does not exist.' },
	'association-dangling': { severity: 'warning', message: 'The association leads to nothing; it is not used.' },
	'process-missing': { severity: 'error', message: 'The file has no executable process.' },
	'process-many': { severity: 'error', message: 'The file has more than one executable process.' },
	'executable-assumed': {
		severity: 'warning',
		message: 'The process does not say whether it is executable; it is run.',
	},
	'element-not-supported': { severity: 'error', message: 'The element is not supported.' },
	'attribute-not-supported': { severity: 'error', message: 'The attribute is not supported.' },
	'attribute-invalid': { severity: 'error', message: 'The attribute has a value that it cannot have.' },
	'attribute-without-namespace': { severity: 'error', message: 'The attribute lacks the prefix of its namespace.' },
	'attribute-unknown': { severity: 'warning', message: 'The standard has no such attribute; it is ignored.' },
	'sendback-unknown': { severity: 'error', message: 'Sendback has no such extension here.' },
	'extension-not-supported': { severity: 'error', message: 'The extension changes what happens and is not supported.' },
	'extension-ignored': { severity: 'warning', message: 'The extension is ignored.' },
	'assignee-invalid': { severity: 'error', message: 'The task is for what is not the id of a user or group.' },
	'assignment-overridden': {
		severity: 'warning',
		message: 'The task names assignees in more than one way; only one of them is used.',
	},
	'expression-invalid': { severity: 'error', message: 'The expression cannot be used.' },
	'name-not-evaluated': {
		severity: 'warning',
		message: 'The name of the task has an expression; it is shown as it is written.',
	},
	'condition-language': { severity: 'error', message: 'Conditions are written in FEEL or as `${…}`.' },
	'condition-not-allowed': { severity: 'error', message: 'The flow cannot have a condition.' },
	'condition-missing': {
		severity: 'warning',
		message: 'A flow of an exclusive gateway with several has no condition and is not the default: it always holds.',
	},
	'condition-on-start': {
		severity: 'warning',
		message: 'BPMN has no conditions on the flows of a start event; they are read like those of a task.',
	},
	'script-language': { severity: 'error', message: 'Scripts are written in FEEL.' },
	'topic-missing': { severity: 'error', message: 'A service task needs the topic under which workers fetch it.' },
	'timer-invalid': { severity: 'error', message: 'The timer has no time that can be waited for.' },
	'loop-invalid': { severity: 'error', message: 'The activity does not say how often it runs.' },
	'event-definition-missing': { severity: 'error', message: 'The event needs an event definition.' },
	'link-invalid': { severity: 'error', message: 'The link does not connect two events of one scope.' },
	'boundary-invalid': { severity: 'error', message: 'The boundary event is not at the boundary of an activity.' },
	'compensation-invalid': { severity: 'error', message: 'It is not clear what compensates what.' },
	'event-gateway-invalid': {
		severity: 'error',
		message: 'Behind an event-based gateway stand intermediate catch events or receive tasks of its own.',
	},
	'data-invalid': { severity: 'error', message: 'The value of the data object is not of its type.' },
	'data-ignored': { severity: 'warning', message: 'The value of the data object is not used.' },
	'default-invalid': { severity: 'error', message: 'The default flow does not leave the element.' },
	'flow-end-invalid': {
		severity: 'error',
		message: 'The flow does not connect two nodes of the process or subprocess that it stands in.',
	},
	'start-missing': { severity: 'error', message: 'The process or subprocess has no start event.' },
	'start-many': { severity: 'error', message: 'There is more than one start event of one kind.' },
	'incoming-not-allowed': { severity: 'error', message: 'The node cannot have an incoming flow.' },
	'outgoing-not-allowed': { severity: 'error', message: 'The node cannot have an outgoing flow.' },
	'outgoing-missing': { severity: 'warning', message: 'Nothing follows the node: a path ends here.' },
	'decision-missing': { severity: 'error', message: 'The file does not have the decision.' },
	'decision-invalid': { severity: 'error', message: 'The decision cannot be taken.' },
	'expression-language': { severity: 'error', message: 'Decisions are written in FEEL.' },
	'allowed-values-ignored': { severity: 'warning', message: 'The values that are allowed are not checked.' },
	'node-unreachable': { severity: 'warning', message: 'No path leads to the node from where its scope begins.' },
} as const satisfies Record<string, { readonly severity: 'error' | 'warning'; readonly message: string }>;

export type ModelProblemCode = keyof typeof MODEL_PROBLEMS;

/** Something found in a model; `line` counts from 1 and is 0 where it is unknown. */
export interface ModelProblem {
	readonly code: ModelProblemCode;
	/** The element itself, or the nearest around it that has an id. */
	readonly elementId: ElementId | null;
	readonly line: number;
	readonly message: string;
}

/** Longer messages are cut: they quote what came from outside. */
const MAX_MESSAGE = 500;

export function modelProblem(
	code: ModelProblemCode,
	elementId: ElementId | null,
	line: number,
	message: string,
): ModelProblem {
	// Quotations are cut by units: what is left of half a character is written in no UTF-8.
	return { code, elementId, line, message: message.slice(0, MAX_MESSAGE).replaceAll(/\p{Surrogate}/gu, '') };
}
