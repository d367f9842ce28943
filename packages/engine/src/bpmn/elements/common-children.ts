/** Elements without an effect of their own that any node may contain. */
export const COMMON_CHILDREN: ReadonlySet<string> = new Set([
	'documentation',
	'extensionElements',
	'incoming',
	'outgoing',
	'auditing',
	'monitoring',
	'categoryValueRef',
	'property',
]);

/** How data and roles of an activity are drawn; the data itself are variables. */
export const ACTIVITY_CHILDREN: readonly string[] = [
	'ioSpecification',
	'dataInputAssociation',
	'dataOutputAssociation',
	'resourceRole',
	'performer',
];

/** How an activity is repeated; only those whose reader reads it may contain it. */
export const LOOP_CHILDREN: readonly string[] = ['multiInstanceLoopCharacteristics', 'standardLoopCharacteristics'];
