import type { NodeId } from '../terms.ts';
import { ownElements } from './check-ids.ts';
import type { NodeDraft, ScopeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml/xml-element.ts';

/** What is associated with each element, in the direction of the association. */
export type Associations = ReadonlyMap<string, readonly string[]>;

export function associationsIn(process: XmlElement): Associations {
	const found = new Map<string, string[]>();
	for (const element of ownElements(process)) {
		if (element.name !== 'association') continue;
		const [source = '', target = ''] = ['sourceRef', 'targetRef'].map((end) => attributeOf(element, end)?.trim());
		const targets = found.get(source);
		if (targets === undefined) found.set(source, [target]);
		else targets.push(target);
	}
	return found;
}

/**
 * A compensation event at a boundary waits for nothing: it only says which activity compensates which. The model has it
 * as a property of the activity, and no node.
 */
export function connectCompensation(scope: ScopeDraft, associations: Associations, reading: Reading): ScopeDraft {
	const nodes = new Map(scope.nodes.map((node) => [node.id, node]));
	const handlers = new Map<NodeId, NodeId>();
	for (const event of scope.nodes.filter(isCompensation)) {
		const activity = nodes.get(attributeOf(event.element, 'attachedToRef')?.trim() ?? '');
		const targets = (associations.get(event.id) ?? []).flatMap((id) => nodes.get(id) ?? []);
		const [handler, other] = targets.filter(({ isHandler }) => isHandler);
		if (activity === undefined || !('loop' in activity.body) || activity.isHandler) {
			reading.report('boundary-invalid', event.element, 'It is not at an activity that can be compensated.');
		} else if (handler === undefined || other !== undefined) {
			const detail = 'It needs an association to one activity of its scope with `isForCompensation="true"`.';
			reading.report('compensation-invalid', event.element, detail);
		} else if (handlers.has(activity.id)) {
			reading.report('compensation-invalid', event.element, `\`${activity.id}\` has one already.`);
		} else handlers.set(activity.id, handler.id);
	}
	const connected = scope.nodes
		.filter((node) => !isCompensation(node))
		.map((node): NodeDraft => {
			const compensation = handlers.get(node.id);
			return compensation === undefined || !('loop' in node.body)
				? node
				: { ...node, body: { ...node.body, compensation } };
		});
	return { ...scope, nodes: connected };
}

function isCompensation({ element }: NodeDraft): boolean {
	return element.name === 'boundaryEvent' && childrenOf(element, BPMN, 'compensateEventDefinition').length > 0;
}

/** Whether each compensation event of a scope names an activity that it sees and that something compensates. */
export function checkCompensated(scope: ScopeDraft, scopes: readonly ScopeDraft[], reading: Reading): void {
	for (const { body, element } of scope.nodes) {
		const throws = 'throws' in body ? body.throws : null;
		if (throws?.kind !== 'compensation' || throws.activity === null) continue;
		const named = seenFrom(scope, scopes).find(({ id }) => id === throws.activity);
		const shown = `\`${throws.activity.slice(0, 60)}\``;
		if (named === undefined || !('loop' in named.body) || named.isHandler) {
			reading.report('compensation-invalid', element, `${shown} is no activity that the event sees.`);
		} else if (named.body.compensation === undefined && named.body.kind !== 'subProcess') {
			reading.report('compensation-invalid', element, `Nothing compensates ${shown}.`);
		}
	}
}

/** An event subprocess acts for the scope that it stands in. */
function seenFrom(scope: ScopeDraft, scopes: readonly ScopeDraft[]): readonly NodeDraft[] {
	const around = scopes.find(({ element }) => element === scope.element.parent);
	if (scope.kind !== 'eventSubProcess' || around === undefined) return scope.nodes;
	return [...scope.nodes, ...seenFrom(around, scopes)];
}
