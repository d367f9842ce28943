import type { FiringKind } from '../../src/events.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { Done } from '../../src/state.ts';
import { apply, type Firing } from '../../src/verify/firing.ts';
import type { LoggedScope, LoggedToken } from '../../src/verify/logged.ts';
import {
	allTokens,
	type Completed,
	elementOf,
	type Marking,
	type Place,
	type Token,
} from '../../src/verify/marking.ts';
import type { LoggedFiring } from '../../src/verify/replay.ts';

/**
 * What the engine would have logged, a line for each firing: `kind node@scope consumed > produced`. Scope 0 need not be
 * named. A token is `place@scope`, by default in the scope of the firing, with `^place` for the token that it is attached
 * to. What a firing opens is written behind it as `+scope:kind^place` of its activity, `+scope:run<loop`,
 * `+scope:loop#count^place`, `+scope:call=flow^place`, and what it closes as `-scope`.
 */
export function writtenLog(lines: readonly string[]): readonly LoggedFiring[] {
	const live: LoggedToken[] = [];
	const scopes = new Map<number, LoggedScope>();
	let lastId = 0;
	const latest = (place: string): LoggedToken => {
		const [at, scope] = place.split('@');
		const token = live.findLast((each) => each.place === at && (scope === undefined || each.scope === Number(scope)));
		if (token === undefined) throw new Error(`no token at ${place}`);
		return token;
	};
	return lines.map((line, position) => {
		const [kind = '', named = '', ...words] = line.split(' ').filter((word) => word !== '');
		const [node = '', scope = '0'] = named.split('@');
		const tokens = words.filter((word) => !/^[+-]/.test(word));
		const arrow = tokens.indexOf('>');
		const consumed = tokens.slice(0, arrow).map((word) => take(live, word, Number(scope)));
		const produced = tokens.slice(arrow + 1).map((word): LoggedToken => {
			const [place = '', at = scope, host] = /^([^@^]+)(?:@(\d+))?(?:\^(.+))?$/.exec(word)?.slice(1) ?? [];
			lastId += 1;
			const token = {
				id: lastId,
				place: place as Place,
				scope: Number(at),
				...(host === undefined ? {} : { host: latest(host).id }),
			};
			live.push(token);
			return token;
		});
		const opened = words.filter((word) => word.startsWith('+')).map((word) => opening(word, latest, scopes));
		const closed = words.filter((word) => word.startsWith('-')).map((word) => ({ id: Number(word.slice(1)) }));
		return {
			seq: position + 1,
			kind: kind as FiringKind,
			node,
			scope: Number(scope),
			consumed,
			produced,
			...(opened.length === 0 ? {} : { opened }),
			...(closed.length === 0 ? {} : { closed }),
		};
	});
}

/** What the engine would log of a firing of the interpreter. */
export function asLogged(model: ProcessModel, before: Marking, firing: Firing, seq: number): LoggedFiring {
	const after = apply(before, firing);
	const logged = ({ id, place, scope, host, done }: Token): LoggedToken => ({
		id,
		place,
		scope,
		...(host === null ? {} : { host }),
		...(done === null ? {} : { done: asDone(done) }),
	});
	const tokens = allTokens(after);
	const opened = [...after.scopes.values()]
		.filter(({ id }) => id >= before.nextScope)
		.map(({ id, parent, kind, host, flow, count }): LoggedScope => {
			const place = tokens.find((token) => token.id === host)?.place;
			const begins = [...after.scopes.values()].some((other) => other.parent === id);
			return {
				id,
				parent,
				kind,
				host,
				element: place === undefined ? '' : elementOf(place),
				...(flow === null ? {} : { flow }),
				...(kind === 'loop' ? { runs: { count: count ?? (begins ? 1000 : 0), items: null } } : {}),
			};
		});
	return {
		seq,
		kind: firing.kind,
		node: firing.node ?? model.id,
		scope: firing.scope,
		consumed: firing.consumed.map(logged),
		produced: tokens.filter(({ id }) => id >= before.nextToken).map(logged),
		opened,
		closed: firing.closed.map((id) => ({ id })),
	};
}

function asDone({ activity, inside, together }: Completed): Done {
	return {
		node: activity,
		variables: {},
		inside: inside.map(asDone),
		...(together === null ? {} : { batch: together }),
	};
}

function take(live: LoggedToken[], word: string, scope: number): LoggedToken {
	const [place, at] = word.split('@');
	const index = live.findIndex(
		(token) => token.place === place && token.scope === (at === undefined ? scope : Number(at)),
	);
	const [token] = index < 0 ? [] : live.splice(index, 1);
	return token ?? { id: 0, place: place as Place, scope };
}

function opening(word: string, latest: (place: string) => LoggedToken, scopes: Map<number, LoggedScope>): LoggedScope {
	const match = /^\+(\d+):(\w+)(?:#(\d+))?(?:=(\w+))?(?:\^(.+)|<(\d+))$/.exec(word);
	if (match === null) throw new Error(`not an opened scope: ${word}`);
	const [, id, kind, count, flowId, place, loop] = match;
	const host = place === undefined ? null : latest(place);
	const scope: LoggedScope = {
		id: Number(id),
		parent: host?.scope ?? Number(loop),
		kind: kind as LoggedScope['kind'],
		host: host?.id ?? null,
		element: host === null ? (scopes.get(Number(loop))?.element ?? '') : elementOf(host.place),
		...(count === undefined ? {} : { runs: { count: Number(count), items: null } }),
		...(flowId === undefined ? {} : { flow: { flowId, version: 1 } }),
	};
	scopes.set(scope.id, scope);
	return scope;
}
