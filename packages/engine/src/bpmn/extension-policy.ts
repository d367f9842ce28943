import { ACTIVITI, CAMUNDA, CAMUNDA_DMN, FLOWABLE, SENDBACK, ZEEBE } from './xml/namespaces.ts';

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
		collection: ['multiInstanceLoopCharacteristics'],
		elementVariable: ['multiInstanceLoopCharacteristics'],
		elementIndexVariable: ['multiInstanceLoopCharacteristics'],
		calledElementBinding: ['callActivity'],
		calledElementType: ['callActivity'],
		calledElementVersion: ['callActivity'],
		inheritVariables: ['callActivity'],
		decisionRef: ['businessRuleTask'],
		decisionRefBinding: ['businessRuleTask'],
		decisionRefVersion: ['businessRuleTask'],
		mapDecisionResult: ['businessRuleTask'],
		type: ['serviceTask', 'sendTask', 'businessRuleTask'],
		topic: ['serviceTask', 'sendTask', 'businessRuleTask'],
		resultVariable: ['scriptTask', 'businessRuleTask'],
		messageExpression: ['messageEventDefinition'],
		signalExpression: ['signalEventDefinition'],
		terminateAll: ['terminateEventDefinition'],
	},
	refusedAttributes: new Set([
		'businessCalendarName',
		'calledElementTenantId',
		'caseRef',
		'class',
		'collection',
		'decisionRefTenantId',
		'delegateExpression',
		'elementIndexVariable',
		'elementVariable',
		'endDate',
		'errorCodeVariable',
		'errorMessageVariable',
		'errorVariableName',
		'escalationCodeVariable',
		'expression',
		'formHandlerClass',
		'processInstanceIdVariableName',
		'resource',
		'resultVariable',
		'resultVariableName',
		'scope',
		'skipExpression',
		'taskCompleterVariableName',
		'taskIdVariableName',
		'terminateAll',
		'terminateMultiInstance',
		'topic',
		'triggerable',
		'type',
		'useLocalScopeForOutParameters',
		'useLocalScopeForResultVariable',
		'variableEvents',
		'variableMappingClass',
		'variableMappingDelegateExpression',
		'variableName',
	]),
	readElements: { field: ['serviceTask'], in: ['callActivity'], out: ['callActivity'], value: ['dataObject'] },
	refusedElements: new Set([
		'collection',
		'connector',
		'customResource',
		'errorEventDefinition',
		'eventListener',
		'eventType',
		'executionListener',
		'in',
		'inputOutput',
		'mapException',
		'out',
		'script',
		'taskListener',
		'triggerEventType',
		'variableAggregation',
		'variableListener',
		'variableListenerEventDefinition',
	]),
	strict: false,
};

const zeebe: VendorPolicy = {
	readAttributes: {},
	refusedAttributes: new Set(),
	readElements: {
		assignmentDefinition: ['userTask'],
		calledDecision: ['businessRuleTask'],
		calledElement: ['callActivity'],
		loopCharacteristics: ['multiInstanceLoopCharacteristics'],
		script: ['scriptTask'],
		subscription: ['message'],
		taskDefinition: ['serviceTask', 'sendTask', 'businessRuleTask'],
		formDefinition: ['userTask'],
		taskSchedule: ['userTask'],
		userTask: ['userTask'],
	},
	refusedElements: new Set([
		'calledDecision',
		'conditionalFilter',
		'executionListeners',
		'ioMapping',
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
		topic: ['serviceTask', 'sendTask', 'businessRuleTask'],
		retries: ['serviceTask', 'sendTask', 'businessRuleTask'],
		effect: ['serviceTask', 'sendTask', 'businessRuleTask'],
		compensationTopic: ['serviceTask', 'sendTask', 'businessRuleTask'],
		decision: ['businessRuleTask'],
		resultVariable: ['scriptTask', 'businessRuleTask'],
		correlationKey: ['message', 'messageEventDefinition', 'receiveTask'],
	},
	refusedAttributes: new Set(),
	readElements: {},
	refusedElements: new Set(),
	strict: true,
};

/** Camunda 7 in decisions. */
const decisions: VendorPolicy = {
	readAttributes: {},
	refusedAttributes: new Set(['inputVariable']),
	readElements: {},
	refusedElements: new Set(),
	strict: false,
};

export const EXTENSION_POLICIES: ReadonlyMap<string, VendorPolicy> = new Map([
	[CAMUNDA, classic],
	[FLOWABLE, classic],
	[ACTIVITI, classic],
	[CAMUNDA_DMN, decisions],
	[ZEEBE, zeebe],
	[SENDBACK, sendback],
]);

/** Refused attributes → the value with which they say what holds anyway. */
export const NEUTRAL_VALUES: Readonly<Record<string, string>> = { scope: 'global' };

/** Names that mean an extension even where the prefix was forgotten. */
export const KNOWN_EXTENSION_ATTRIBUTES: ReadonlySet<string> = new Set(
	[classic, zeebe, sendback].flatMap((policy) => [...Object.keys(policy.readAttributes), ...policy.refusedAttributes]),
);
