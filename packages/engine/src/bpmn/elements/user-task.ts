import type { Text } from '../../expressions/expression.ts';
import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { checkActivityAttributes } from './activity-attributes.ts';
import { readAssignment } from './assignment.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { classicAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';
import { readChoice } from './read-choice.ts';
import { readRollbackRange } from './rollback-range.ts';

export const userTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN, 'rendering', 'humanPerformer', 'potentialOwner'],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		warnOfExpression(element, reading);
		const rest = {
			...readAssignment(element, reading),
			onReject: readChoice(element, 'onReject', ['end', 'continue'], reading) ?? 'end',
			rollbackRange: readRollbackRange(element, reading),
			formKey: formKeyOf(element),
			dueDate: dueDateOf(element, reading),
		};
		const loop = readLoop(element, reading);
		return loop === 'refused' ? null : { kind: 'userTask', loop, ...rest };
	},
};

/** Flowable and Camunda 7 evaluate the name of a task. Here a node has one name, for all of its tasks and for its points. */
function warnOfExpression(element: XmlElement, reading: Reading): void {
	const name = attributeOf(element, 'name') ?? '';
	if (/[$#]\{/.test(name)) reading.report('name-not-evaluated', element, `\`${name.trim().slice(0, 60)}\`.`);
}

function formKeyOf(element: XmlElement): string | null {
	return (
		classicAttribute(element, 'formKey') ??
		zeebeAttribute(element, 'formDefinition', 'formKey') ??
		zeebeAttribute(element, 'formDefinition', 'formId') ??
		zeebeAttribute(element, 'formDefinition', 'externalReference')
	);
}

function dueDateOf(element: XmlElement, reading: Reading): Text | null {
	const raw = classicAttribute(element, 'dueDate') ?? zeebeAttribute(element, 'taskSchedule', 'dueDate');
	return raw === null ? null : reading.text(element, raw);
}
