import { isDirectoryId, splitIds } from '../../directory-ids.ts';
import type { Text } from '../../expressions/expression.ts';
import type { AssigneeSource, DecisionMode } from '../../model/process-model.ts';
import { MAX_ASSIGNEES } from '../../tasks/assignments.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { classicAttribute, sendbackAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readChoice } from './read-choice.ts';
import { readResourceRoles } from './resource-roles.ts';

const MODES: readonly DecisionMode[] = ['all', 'first', 'orderly'];

/** One way to name assignees, and how they decide unless the task says otherwise. */
interface Way {
	readonly users: readonly string[];
	readonly groups: readonly string[];
	readonly mode: DecisionMode;
}

/**
 * Who decides a task, and how. The first of these ways that is used: our own attributes; an assignee; candidates.
 * Candidates are many of whom one decides, so their mode is `first`; everybody else named has to decide.
 */
export function readAssignment(
	element: XmlElement,
	reading: Reading,
): { readonly assignees: readonly AssigneeSource[]; readonly mode: DecisionMode } {
	const explicit = readChoice(element, 'decisionMode', MODES, reading);
	const [way, overridden] = waysOf(element, reading).filter(({ users, groups }) => users.length + groups.length > 0);
	if (overridden !== undefined) {
		const lost = [...overridden.users, ...overridden.groups].join(', ').slice(0, 100);
		reading.report('assignment-overridden', element, `\`${lost}\` is not used.`);
	}
	if (way === undefined) return { assignees: [], mode: explicit ?? 'all' };
	return { assignees: sourcesOf(way, element, reading), mode: explicit ?? way.mode };
}

function waysOf(element: XmlElement, reading: Reading): readonly Way[] {
	const roles = readResourceRoles(element, reading);
	const ours = one(sendbackAttribute(element, 'assignees'));
	const attribute = (name: string) =>
		one(classicAttribute(element, name) ?? zeebeAttribute(element, 'assignmentDefinition', name));
	const assignees = [...attribute('assignee'), ...roles.assignees];
	return [
		{ users: ours, groups: one(sendbackAttribute(element, 'groups')), mode: ours.length > 0 ? 'all' : 'first' },
		{ users: assignees.slice(0, 1), groups: [], mode: 'all' },
		{
			users: [...attribute('candidateUsers'), ...roles.candidateUsers],
			groups: [...attribute('candidateGroups'), ...roles.candidateGroups],
			mode: 'first',
		},
	];
}

function one(value: string | null): readonly string[] {
	return value === null ? [] : [value];
}

function sourcesOf(way: Way, element: XmlElement, reading: Reading): AssigneeSource[] {
	const sources: AssigneeSource[] = [];
	const literals = new Set<string>();
	for (const raw of way.users) {
		const users = reading.text(element, raw.replace(INITIATOR, '$1$${initiator}'));
		if (users === null) continue;
		for (const id of checkedIds(users, element, reading)) literals.add(id);
		sources.push({ kind: 'users', users });
	}
	if (literals.size > MAX_ASSIGNEES) {
		reading.report('model-too-large', element, `A task has at most ${MAX_ASSIGNEES} assignees.`);
	}
	for (const raw of way.groups) {
		const groups = reading.text(element, raw);
		if (groups === null) continue;
		checkedIds(groups, element, reading);
		sources.push({ kind: 'group', groups });
	}
	return sources;
}

/** How the modelers of Activiti, Flowable and Camunda write the initiator as one of the ids. */
const INITIATOR = /(^|,)\s*\$INITIATOR\s*(?=,|$)/g;

/** The ids that are known before anything runs. One that nobody can have would be a task that nobody can ever do. */
function checkedIds(text: Text, element: XmlElement, reading: Reading): readonly string[] {
	if (text.kind !== 'literal') return [];
	const ids = splitIds(text.text);
	const wrong = ids.find((id) => !isDirectoryId(id));
	if (wrong !== undefined) reading.report('assignee-invalid', element, `\`${wrong.slice(0, 60)}\`.`);
	return ids;
}
