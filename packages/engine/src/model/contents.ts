import type { ElementId, NodeId } from '../terms.ts';
import type { BoundaryEvent, Node, ProcessModel, StartEvent } from './process-model.ts';

/** The nodes that stand directly in a process or subprocess. */
export function nodesIn(model: ProcessModel, container: ElementId): readonly Node[] {
	return contentsOf(model).inside.get(container) ?? [];
}

/** The starts of the event subprocesses directly in a process or subprocess. */
export function eventStartsIn(model: ProcessModel, container: ElementId): readonly StartEvent[] {
	return contentsOf(model).eventStarts.get(container) ?? [];
}

export function boundaryEventsAt(model: ProcessModel, activity: NodeId): readonly BoundaryEvent[] {
	return contentsOf(model).boundaries.get(activity) ?? [];
}

interface Contents {
	readonly inside: Lists<ElementId, Node>;
	readonly eventStarts: Lists<ElementId, StartEvent>;
	readonly boundaries: Lists<NodeId, BoundaryEvent>;
}

type Lists<Key, Item> = Map<Key, Item[]>;

/** Found once for a model: each activity that begins asks, and a model has twenty thousand nodes. */
function contentsOf(model: ProcessModel): Contents {
	const contents = CONTENTS.get(model) ?? findContents(model);
	CONTENTS.set(model, contents);
	return contents;
}

const CONTENTS = new WeakMap<ProcessModel, Contents>();

/** All in the order of the model. */
function findContents({ nodes }: ProcessModel): Contents {
	const contents: Contents = { inside: new Map(), eventStarts: new Map(), boundaries: new Map() };
	for (const node of Object.values(nodes)) {
		add(contents.inside, node.parent, node);
		if (node.kind === 'boundaryEvent') add(contents.boundaries, node.attachedTo, node);
		if (node.kind !== 'startEvent') continue;
		const around = Object.hasOwn(nodes, node.parent) ? nodes[node.parent] : undefined;
		if (around?.kind === 'eventSubProcess') add(contents.eventStarts, around.parent, node);
	}
	return contents;
}

function add<Key, Item>(lists: Lists<Key, Item>, key: Key, item: Item): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [item]);
	else list.push(item);
}
