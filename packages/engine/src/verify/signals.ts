import type { Node } from '../model/process-model.ts';
import { apply, type Firing } from './firing.ts';
import { firings } from './firings.ts';
import { everything } from './freedom.ts';
import { allTokens, elementOf, type Marking, scopeOf, type Token } from './marking.ts';
import { netAt, type World } from './world.ts';

/**
 * The marking that a firing led to, once a signal that it threw has been caught by all that waited for it (BPMN 2.0.2,
 * 10.5.1: publication): the oldest first, where an earlier one has not ended it. Names are compared as they are written.
 */
export function broadcast(world: World, marking: Marking, firing: Firing | null): Marking {
	const name = firing === null ? null : nameThrown(world, marking, firing);
	if (name === null) return marking;
	const isAwaited = (token: Token): boolean => nameAwaited(nodeOfToken(world, marking, token)) === name;
	return allTokens(marking)
		.filter((token) => token.place.startsWith('wait:') && isAwaited(token))
		.sort((a, b) => a.id - b.id)
		.reduce((current, token) => afterCatch(world, current, token), marking);
}

function nameThrown(world: World, marking: Marking, { kind, node: id, scope }: Firing): string | null {
	if ((kind !== 'end' && kind !== 'throw') || id === null) return null;
	const node = netAt(world, marking, scopeOf(marking, scope))?.nodes.get(id);
	const throws = node !== undefined && 'throws' in node ? node.throws : null;
	return throws?.kind === 'signal' ? JSON.stringify(throws.name) : null;
}

function nameAwaited(node: Node | undefined): string | null {
	const trigger = node !== undefined && 'trigger' in node ? node.trigger : null;
	return trigger?.kind === 'signal' ? JSON.stringify(trigger.name) : null;
}

function nodeOfToken(world: World, marking: Marking, { place, scope }: Token): Node | undefined {
	return netAt(world, marking, scopeOf(marking, scope))?.nodes.get(elementOf(place));
}

function afterCatch(world: World, marking: Marking, { id }: Token): Marking {
	const freedom = {
		...everything(world.net),
		rearms: () => [true],
		comes: () => true,
		uses: (token: Token) => token.id === id,
	};
	const caught = [...firings(world, marking, freedom)].find(({ by }) => by === 'world');
	return caught === undefined ? marking : apply(marking, caught);
}
