import type { Scopes } from '@sendback/engine/causality/known-scopes.ts';
import { readLog } from '@sendback/engine/causality/live-log.ts';
import type { EngineEvent, NodeFired, RolledBack } from '@sendback/engine/events.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { NodeId, ScopeId, Seq } from '@sendback/engine/terms.ts';
import type { MovedCompensation } from '../storage/instance-write.ts';
import { type Place, placesOf } from './job-places.ts';

/**
 * Where work was done that rollbacks have undone, as seen from the nearest scope around it that none of them has undone: that
 * one does not come again with another id.
 */
export class CompensationPlaces {
	/** Earlier rollbacks that are not taken back. */
	readonly #rollbacks: readonly RolledBack[];
	readonly #rolledBack: RolledBack;
	readonly #firings: ReadonlyMap<Seq, NodeFired>;
	readonly #scopes: Scopes;
	/** Scopes that were undone, now or before. */
	readonly #gone: ReadonlySet<ScopeId>;

	/**
	 * @param before the state that was returned from
	 * @param log the one that the rollback was decided on
	 */
	constructor(before: InstanceState, log: readonly EngineEvent[], rolledBack: RolledBack) {
		const firings = log.filter((event) => event.type === 'NodeFired');
		const logged = firings.flatMap(({ opened = [], closed = [] }) => [...opened, ...closed]);
		const { rollbacks, undone } = readLog(log);
		this.#rollbacks = rollbacks;
		this.#rolledBack = rolledBack;
		this.#firings = new Map(firings.map((firing) => [firing.seq, firing]));
		this.#scopes = new Map([...logged, ...Object.values(before.scopes)].map((scope) => [scope.id, scope]));
		this.#gone = this.#openedBy([...undone, ...rolledBack.undone]);
	}

	/** For the compensations of the rollback itself, in their order. */
	own(): readonly (readonly string[])[] {
		return this.#rolledBack.compensations.map(({ seq, node }) => this.#pathOf(this.#placesOf(seq, node)));
	}

	/** Of earlier rollbacks, whose compensations may wait still: where the scope that had stayed then is undone now. */
	moved(): readonly MovedCompensation[] {
		const goneNow = this.#openedBy(this.#rolledBack.undone);
		return this.#rollbacks.flatMap(({ rollback, compensations }) =>
			compensations.flatMap(({ seq: compensates, node }) => {
				const places = this.#placesOf(compensates, node);
				if (!places.some(({ scope }) => goneNow.has(scope))) return [];
				return [{ rollback, compensates, places: this.#pathOf(places) }];
			}),
		);
	}

	#openedBy(seqs: Iterable<Seq>): ReadonlySet<ScopeId> {
		return new Set([...seqs].flatMap((seq) => (this.#firings.get(seq)?.opened ?? []).map(({ id }) => id)));
	}

	/** None of work that was done before the log begins: nothing around that is undone here. */
	#placesOf(seq: Seq, node: NodeId): readonly Place[] {
		const scope = this.#firings.get(seq)?.scope;
		return scope === undefined ? [] : placesOf(this.#scopes, scope, node);
	}

	#pathOf(places: readonly Place[]): readonly string[] {
		const stayed = places.find(({ scope }) => !this.#gone.has(scope));
		return stayed === undefined ? [] : [stayed.path];
	}
}
