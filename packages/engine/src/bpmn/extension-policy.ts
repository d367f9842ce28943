import { ACTIVITI, CAMUNDA, FLOWABLE, SENDBACK, ZEEBE } from './xml/namespaces.ts';

/** What becomes of the extensions of one vendor; any other of theirs is ignored, with a warning. */
interface VendorPolicy {
	/** Attribute → elements on which it is read. */
	readonly readAttributes: Readonly<Record<string, readonly string[]>>;
	/** Attributes that change what happens in a way that is not supported. */
	readonly refusedAttributes: ReadonlySet<string>;
	/** Extension element → elements in which it is read. */
	readonly readElements: Readonly<Record<string, readonly string[]>>;
	readonly refusedElements: ReadonlySet<string>;
	/** Whatever is neither read nor refused by name is an error: the namespace is ours, so it is a mistake. */
	readonly strict: boolean;
}

const classic: VendorPolicy = {
	readAttributes: {
		assignee: ['userTask'],
		candidateUsers: ['userTask'],
		candidateGroups: ['userTask'],
		dueDate: ['userTask'],
		formKey: ['userTask'],
		initiator: ['startEvent'],
	},
	refusedAttributes: new Set([
		'class',
		'delegateExpression',
		'expression',
		'formHandlerClass',
		'resource',
		'resultVariable',
		'resultVariableName',
		'skipExpression',
		'taskCompleterVariableName',
		'taskIdVariableName',
		'topic',
	]),
	readElements: {},
	refusedElements: new Set([
		'connector',
		'customResource',
		'eventListener',
		'executionListener',
		'in',
		'inputOutput',
		'out',
		'script',
		'taskListener',
		'variableListener',
	]),
	strict: false,
};

const zeebe: VendorPolicy = {
	readAttributes: {},
	refusedAttributes: new Set(),
	readElements: {
		assignmentDefinition: ['userTask'],
		formDefinition: ['userTask'],
		taskSchedule: ['userTask'],
		userTask: ['userTask'],
	},
	refusedElements: new Set([
		'calledDecision',
		'calledElement',
		'executionListeners',
		'ioMapping',
		'loopCharacteristics',
		'script',
		'taskDefinition',
		'taskListeners',
	]),
	strict: false,
};

const sendback: VendorPolicy = {
	readAttributes: {
		assignees: ['userTask'],
		groups: ['userTask'],
		decisionMode: ['userTask'],
		onReject: ['userTask'],
		rollbackRange: ['userTask', 'process'],
	},
	refusedAttributes: new Set(),
	readElements: {},
	refusedElements: new Set(),
	strict: true,
};

export const EXTENSION_POLICIES: ReadonlyMap<string, VendorPolicy> = new Map([
	[CAMUNDA, classic],
	[FLOWABLE, classic],
	[ACTIVITI, classic],
	[ZEEBE, zeebe],
	[SENDBACK, sendback],
]);

/** Names that mean an extension even where the prefix was forgotten. */
export const KNOWN_EXTENSION_ATTRIBUTES: ReadonlySet<string> = new Set(
	[classic, zeebe, sendback].flatMap((policy) => [...Object.keys(policy.readAttributes), ...policy.refusedAttributes]),
);
