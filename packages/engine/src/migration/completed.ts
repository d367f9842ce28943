import type { Done } from '../state.ts';
import { type ElementMap, isProblem } from './element-map.ts';
import type { MigrationProblem } from './migration-problems.ts';

/**
 * What is completed, as the other version compensates it. Null: nothing there compensates it. One that is not there at all
 * is a problem, lest work be left as it is that somebody counts on being taken back.
 */
export function moveDone(map: ElementMap, done: Done): Done | MigrationProblem | null {
	const node = map.nodeInPlace(done.node);
	if (isProblem(node)) return node;
	if ('compensation' in node && node.compensation !== undefined) return { ...done, node: node.id, inside: [] };
	const inside: Done[] = [];
	for (const each of done.inside) {
		const moved = moveDone(map, each);
		if (isProblem(moved)) return moved;
		if (moved !== null) inside.push(moved);
	}
	return inside.length === 0 ? null : { ...done, node: node.id, inside };
}
