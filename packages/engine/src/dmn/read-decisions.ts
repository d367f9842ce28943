import { checkExtensions, type IgnoredExtensions, reportIgnored } from '../bpmn/check-extensions.ts';
import type { Reading } from '../bpmn/reading.ts';
import { attributeOf, childrenOf, type XmlElement } from '../bpmn/xml/xml-element.ts';
import type { Decision, DecisionModel } from '../model/decision-model.ts';
import { resultNames } from './evaluate-decision.ts';
import { readLogic } from './read-logic.ts';

/** Decisions that require one another in a row. */
const MAX_DEPTH = 50;

/** Null, with a problem noted, where the file has no decision that can be meant. */
export function readDecisions(definitions: XmlElement, decisionId: string, reading: Reading): DecisionModel | null {
	const asked = pickDecision(definitions, decisionId, reading);
	if (asked === null) return null;
	const ignored: IgnoredExtensions = new Map();
	const decisions: Decision[] = [];
	for (const element of requirementsFirst(definitions, asked, reading)) {
		checkExtensions(element, reading, ignored);
		const decision = readDecision(element, reading, namesSeen(element, definitions, decisions));
		if (decision !== null) decisions.push(decision);
	}
	reportIgnored(ignored, reading);
	const id = attributeOf(asked, 'id') ?? decisionId;
	return { id, name: attributeOf(asked, 'name')?.trim() || id, decisions };
}

/** The one of this id; else the only one that no other of the file requires, as a flow is not called like its process. */
function pickDecision(definitions: XmlElement, id: string, reading: Reading): XmlElement | null {
	const decisions = own(definitions, 'decision');
	const named = decisions.find((decision) => attributeOf(decision, 'id') === id);
	if (named !== undefined) return named;
	const required = new Set(
		decisions.flatMap((decision) => requiredIds(decision, 'requiredDecision').map(({ id }) => id)),
	);
	const [only, another] = decisions.filter((decision) => !required.has(attributeOf(decision, 'id') ?? ''));
	if (only !== undefined && another === undefined) return only;
	reading.report('decision-missing', definitions, `No decision has the id \`${id.slice(0, 60)}\`.`);
	return null;
}

/** The decision and all that it requires, each once and behind its own requirements. */
function requirementsFirst(definitions: XmlElement, asked: XmlElement, reading: Reading): readonly XmlElement[] {
	const byId = new Map(own(definitions, 'decision').map((decision) => [attributeOf(decision, 'id'), decision]));
	const ordered = new Set<XmlElement>();
	const open: XmlElement[] = [];
	function visit(decision: XmlElement): void {
		if (ordered.has(decision)) return;
		if (open.includes(decision)) {
			reading.report('decision-invalid', decision, 'It requires itself.');
			return;
		}
		if (open.length >= MAX_DEPTH) {
			reading.report('model-too-large', decision, `Decisions require one another ${MAX_DEPTH} deep at most.`);
			return;
		}
		open.push(decision);
		for (const { id, requirement } of requiredIds(decision, 'requiredDecision')) {
			const required = byId.get(id);
			if (required === undefined) reading.report('reference-unresolved', requirement, `\`${id.slice(0, 60)}\`.`);
			else visit(required);
		}
		open.pop();
		ordered.add(decision);
	}
	visit(asked);
	return [...ordered];
}

/** A reference is `#id` in the same file; one into another file is kept whole, and is found nowhere. */
function requiredIds(
	decision: XmlElement,
	what: 'requiredDecision' | 'requiredInput',
): readonly { readonly id: string; readonly requirement: XmlElement }[] {
	return own(decision, 'informationRequirement').flatMap((requirement) =>
		own(requirement, what).map((reference) => ({
			id: (attributeOf(reference, 'href') ?? '').trim().replace(/^#/, ''),
			requirement,
		})),
	);
}

/** The names of all that it requires. */
function namesSeen(element: XmlElement, definitions: XmlElement, decisions: readonly Decision[]): readonly string[] {
	const required = new Set(requiredIds(element, 'requiredDecision').map(({ id }) => id));
	const given = new Set(requiredIds(element, 'requiredInput').map(({ id }) => id));
	const inputs = own(definitions, 'inputData').filter((input) => given.has(attributeOf(input, 'id') ?? ''));
	return [...decisions.filter(({ id }) => required.has(id)).flatMap(resultNames), ...inputs.map(nameOf)];
}

function readDecision(element: XmlElement, reading: Reading, seen: readonly string[]): Decision | null {
	const id = attributeOf(element, 'id');
	if (id === null) reading.report('id-missing', element, `\`<${element.qualifiedName}>\`.`);
	for (const requirement of own(element, 'knowledgeRequirement')) {
		reading.report('element-not-supported', requirement, 'Functions of business knowledge models are not called.');
	}
	const name = nameOf(element) || id || '';
	const logic = reading.knowing(seen, () => readLogic(element, name, reading));
	const requires = requiredIds(element, 'requiredDecision').map((required) => required.id);
	return id === null || logic === null ? null : { id, name, requires, logic };
}

/** Of its variable, under which others see it. */
function nameOf(element: XmlElement): string {
	const [variable] = own(element, 'variable');
	const called = variable === undefined ? null : attributeOf(variable, 'name')?.trim();
	return called || attributeOf(element, 'name')?.trim() || '';
}

/** Its children of DMN itself. */
function own(element: XmlElement, name: string): readonly XmlElement[] {
	return childrenOf(element, element.namespace, name);
}
