import type { EndEvent, IntermediateThrowEvent, Throw } from '../model/process-model.ts';
import type { Firing } from './firing.ts';
import { completed, entry, followers, isActivity, plain, scopePlan, type TokenPlan } from './growth.ts';
import { type Completed, isSink, type Scope, scopeOf, type Token } from './marking.ts';
import { nodeOf } from './net.ts';
import { finishOf } from './scope-firings.ts';
import { firingAt, products, type Site } from './site.ts';
import { hostOf } from './world.ts';

/** A compensation event: what it sees is compensated inside it, the latest first (BPMN 2.0.2, 10.5.6 and 13.5.5). */
export function compensating(
	site: Site,
	node: EndEvent | IntermediateThrowEvent,
	{ activity, waits }: Extract<Throw, { kind: 'compensation' }>,
	tokens: readonly Token[],
	kind: 'end' | 'throw',
): Firing {
	const found = seenFrom(site)
		.flatMap((scope) => scope.tokens)
		.filter(({ done }) => done !== null && (activity === null || done.activity === activity))
		.sort((a, b) => a.id - b.id);
	const next = followers(node);
	const inside = scopePlan(
		'compensation',
		found.flatMap(({ done }) => (done === null ? [] : [completed(done)])),
	);
	const running = { ...plain(`active:${node.id}`), inside };
	const begun = found.length === 0 ? next : waits ? [running] : [running, ...next];
	return firingAt(site, node, { kind, consumed: [...tokens, ...found], produced: [products(site.scope.id, begun)] });
}

/** An event subprocess acts for the scope that contains it. */
function seenFrom({ net, marking, scope }: Site): readonly Scope[] {
	const seen = [scope];
	for (let at = scope; at.kind === 'sub'; ) {
		const host = hostOf(marking, at);
		if (host === null || net.nodes.get(host.place.slice('active:'.length))?.kind !== 'eventSubProcess') break;
		at = scopeOf(marking, host.scope);
		seen.push(at);
	}
	return seen;
}

/** One after the other in reverse order of completion, the runs of one parallel activity together; then it is done. */
export function* compensationFirings(site: Site): Generator<Firing> {
	const { net, scope } = site;
	if (!scope.tokens.every(({ place, done }) => isSink(place) || done !== null)) return;
	const left = scope.tokens.flatMap((token) => (token.done === null ? [] : [{ token, done: token.done }]));
	const latest = left.at(-1)?.done;
	if (latest === undefined) {
		yield* finishOf(site);
		return;
	}
	const { together } = latest;
	const next = left.filter(({ done }) => done === latest || (together !== null && done.together === together));
	const node = nodeOf(net, latest.activity);
	const over = scope.tokens.filter(({ done }) => done === null);
	for (const handler of handlers(site, latest)) {
		const begun = [...next].reverse().map(({ done }): TokenPlan => {
			const inside = handler === null ? done.inside.map(completed) : [handler];
			return { ...plain(`done:${done.activity}`), inside: scopePlan('compensation', inside) };
		});
		const consumed = [...next.map(({ token }) => token), ...over];
		yield firingAt(site, node, { kind: 'compensate', consumed, produced: [products(scope.id, begun)] });
	}
}

/** What compensates an activity: its handler, in each number of runs that it may have; null: what was completed in it. */
function* handlers({ net, world, freedom }: Site, { activity }: Completed): Generator<TokenPlan | null> {
	const node = nodeOf(net, activity);
	const handler = isActivity(node) && node.compensation !== undefined ? nodeOf(net, node.compensation) : null;
	if (handler === null || !isActivity(handler)) {
		yield null;
		return;
	}
	const called = handler.kind === 'callActivity' ? freedom.called(handler) : null;
	for (const count of handler.loop === null ? [1] : freedom.counts(handler)) {
		yield entry(net, handler, count, called, world.modelOf);
	}
}
