import { MAX_ASSIGNEES } from '../../tasks/assignments.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { childrenOf, type XmlElement } from '../xml/xml-element.ts';

/** Whom BPMN's own elements name, as texts still to be read. */
export interface ResourceRoles {
	readonly assignees: readonly string[];
	readonly candidateUsers: readonly string[];
	readonly candidateGroups: readonly string[];
}

/**
 * Reads `humanPerformer` and `potentialOwner` by the convention of Flowable and Camunda 7: the expression of a performer
 * is the assignee; that of an owner is a list of `user(x)` and `group(y)`, where a bare `y` is a group.
 */
export function readResourceRoles(element: XmlElement, reading: Reading): ResourceRoles {
	const candidateUsers: string[] = [];
	const candidateGroups: string[] = [];
	for (const owner of childrenOf(element, BPMN, 'potentialOwner')) {
		const entries = splitList(expressionOf(owner, reading));
		if (entries.length > MAX_ASSIGNEES) {
			reading.report('model-too-large', owner, `A \`<${owner.qualifiedName}>\` names at most ${MAX_ASSIGNEES}.`);
			continue;
		}
		for (const entry of entries) {
			const named = /^(user|group)\s*\((.*)\)$/s.exec(entry);
			const list = named?.[1] === 'user' ? candidateUsers : candidateGroups;
			list.push((named?.[2] ?? entry).trim());
		}
	}
	const assignees = childrenOf(element, BPMN, 'humanPerformer').map((performer) => expressionOf(performer, reading));
	return { assignees: assignees.filter((each) => each !== ''), candidateUsers, candidateGroups };
}

function expressionOf(role: XmlElement, reading: Reading): string {
	for (const assignment of childrenOf(role, BPMN, 'resourceAssignmentExpression')) {
		for (const name of ['formalExpression', 'expression']) {
			for (const expression of childrenOf(assignment, BPMN, name)) return expression.text.trim();
		}
	}
	reading.report(
		'element-not-supported',
		role,
		`\`<${role.qualifiedName}>\` without a \`resourceAssignmentExpression\`.`,
	);
	return '';
}

/** Splits at commas, but not at those inside parentheses or braces. */
function splitList(text: string): string[] {
	const entries: string[] = [];
	let depth = 0;
	let start = 0;
	for (let at = 0; at <= text.length; at += 1) {
		const character = text.charAt(at);
		if (character === '(' || character === '{') depth += 1;
		else if (character === ')' || character === '}') depth -= 1;
		else if (at === text.length || (character === ',' && depth === 0)) {
			entries.push(text.slice(start, at).trim());
			start = at + 1;
		}
	}
	return entries.filter((entry) => entry !== '');
}
