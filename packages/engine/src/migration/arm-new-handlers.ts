import { eventStartsIn } from '../model/contents.ts';
import { armOf } from '../nodes/arms.ts';
import type { NewToken } from '../products.ts';
import { elementOf } from '../scopes.ts';
import type { InstanceState, Scope, Token } from '../state.ts';
import { isStop, type Stop, type View } from '../work.ts';
import { type ElementMap, isProblem } from './element-map.ts';
import { type Handler, handlersAt, heirOf } from './handlers.ts';
import { isOwn, isRun, type MovedToken } from './move-tokens.ts';

type NewWait = NewToken & Pick<Token, 'past'>;

/** Events that only the other version has, at what is open: they are armed now. One that has already come is not new. */
export function armNewHandlers(view: View, map: ElementMap, moved: readonly MovedToken[]): readonly NewWait[] | Stop {
	const waits: NewWait[] = [];
	for (const { events, scope, host, past } of [
		...atHosts(view.state, map, moved),
		...inScopes(view.state, map, moved),
	]) {
		for (const event of events) {
			const arm = armOf(view, scope, event);
			if (isStop(arm)) return arm;
			if (arm !== null)
				waits.push({ place: `wait:${event.id}`, scope, arm, past, ...(host === undefined ? {} : { host }) });
		}
	}
	return waits;
}

type Place = Pick<Token, 'scope' | 'host' | 'past'> & { readonly events: readonly Handler[] };

function atHosts(state: InstanceState, map: ElementMap, moved: readonly MovedToken[]): readonly Place[] {
	const hosts = moved.filter(
		({ before }) => /^(task|active):/.test(before.place) && isOwn(state, before.scope) && !isRun(state, before),
	);
	return hosts.map(({ before, after }) => {
		const events = newAmong(map, handlersAt(map.from, elementOf(before)), handlersAt(map.to, elementOf(after)));
		return { scope: after.scope, host: after.id, past: after.past, events };
	});
}

function inScopes(state: InstanceState, map: ElementMap, moved: readonly MovedToken[]): readonly Place[] {
	const open = Object.values(state.scopes).filter(
		(scope) =>
			(scope.kind === 'process' || scope.kind === 'sub') && isOwn(state, scope.id) && isListening(state, map, scope),
	);
	return open.map(({ id, element, host }) => {
		const container = map.container(element);
		const after = container === null ? [] : eventStartsIn(map.to, container);
		const past = moved.find(({ before }) => before.id === host)?.after.past ?? [];
		return { scope: id, past, events: newAmong(map, eventStartsIn(map.from, element), after) };
	});
}

/** Not before the start is completed, and no more once an event subprocess has ended the rest of the scope. */
function isListening({ tasks, tokens }: InstanceState, { from }: ElementMap, scope: Scope): boolean {
	if (Object.values(tasks).some((task) => task.isStart && task.scope === scope.id)) return false;
	const interrupting = new Set(
		eventStartsIn(from, scope.element)
			.filter(({ interrupting }) => interrupting)
			.map(({ parent }) => parent),
	);
	return !Object.values(tokens).some((token) => token.scope === scope.id && interrupting.has(elementOf(token)));
}

function newAmong(map: ElementMap, before: readonly Handler[], after: readonly Handler[]): readonly Handler[] {
	const heirs = new Set(
		before.flatMap((event) => {
			const heir = heirOf(map, event, after);
			return heir === null || isProblem(heir) ? [] : [heir.id];
		}),
	);
	return after.filter(({ id }) => !heirs.has(id));
}
