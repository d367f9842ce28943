import { isDeepStrictEqual } from 'node:util';
import type { Scopes } from '@sendback/engine/causality/known-scopes.ts';
import { elementOf } from '@sendback/engine/scopes.ts';
import type { Arm, InstanceState, Token } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import { isStorable } from '../storage/decimal-id.ts';
import type { JobRow, WaitRow, WaitRows } from '../storage/instance-write.ts';
import { placesOf } from './job-places.ts';

/** How what an instance waits for from outside differs between two of its states; jobs still without their ids. */
export interface WaitDifference {
	readonly newWaits: readonly WaitRow[];
	readonly endedWaits: readonly Token['id'][];
	readonly movedWaits: WaitRows['movedWaits'];
	readonly newJobs: readonly Omit<JobRow, 'id'>[];
	readonly endedJobs: readonly Token['id'][];
	readonly movedJobs: WaitRows['movedJobs'];
}

const NO_DIFFERENCE: WaitDifference = {
	newWaits: [],
	endedWaits: [],
	movedWaits: [],
	newJobs: [],
	endedJobs: [],
	movedJobs: [],
};

/**
 * Compares the ends of a write and not its steps, so that what came and went in between leaves no trace, and a token that
 * was consumed and put back by a rollback keeps its row.
 */
export function diffWaits(before: InstanceState | null, after: InstanceState, at: TimeMs): WaitDifference {
	const armedBefore = armedTokens(before);
	const armedAfter = armedTokens(after);
	// Most instances wait for people only.
	if (armedBefore.size === 0 && armedAfter.size === 0) return NO_DIFFERENCE;
	const ended = [...armedBefore.values()].filter(({ id }) => !armedAfter.has(id));
	const changed = [...armedAfter.values()].filter((token) => {
		const arm = armedBefore.get(token.id)?.arm;
		return arm === undefined || (arm !== token.arm && JSON.stringify(arm) !== JSON.stringify(token.arm));
	});
	const arrived = changed.filter(({ id }) => !armedBefore.has(id));
	const movedWaits = armedAgain(ended, arrived);
	const from = new Set(movedWaits.map(({ token }) => token));
	const to = new Set(movedWaits.map(({ later }) => later));
	return {
		newWaits: changed.filter(({ id }) => !to.has(id)).flatMap((token) => waitRow(token)),
		endedWaits: ended.filter(({ id, arm }) => arm.kind !== 'job' && !from.has(id)).map(({ id }) => id),
		movedWaits,
		newJobs: newJobs(changed, after, at),
		endedJobs: ended.filter(({ arm }) => arm.kind === 'job').map(({ id }) => id),
		movedJobs: [...armedAfter.values()]
			.filter(({ id, place, arm }) => arm.kind === 'job' && (armedBefore.get(id)?.place ?? place) !== place)
			.map((token) => ({ token: token.id, node: elementOf(token) })),
	};
}

/**
 * An event that does not interrupt waits for the next of its kind at once: it has been waiting since its first. Several
 * tokens can wait at one event, and a row can become that of one token only: each gets a later one of its own, the oldest
 * the oldest.
 */
function armedAgain(ended: readonly ArmedToken[], arrived: readonly ArmedToken[]): WaitRows['movedWaits'] {
	// By their places, as thousands may have ended and thousands have come.
	const free = new Map<string, ArmedToken[]>();
	for (const token of arrived) {
		const there = free.get(placeOf(token));
		if (there === undefined) free.set(placeOf(token), [token]);
		else there.push(token);
	}
	return ended.flatMap((earlier) => {
		const there = free.get(placeOf(earlier)) ?? [];
		const index = there.findIndex((token) => isSameEvent(token, earlier));
		const [later] = index === -1 ? [] : there.splice(index, 1);
		return later === undefined ? [] : [{ token: earlier.id, later: later.id }];
	});
}

function placeOf({ place, scope, host = 0 }: ArmedToken): string {
	return `${scope} ${host} ${place}`;
}

/** Of two at the same place. */
function isSameEvent(a: ArmedToken, b: ArmedToken): boolean {
	const comesFromOutside = a.arm.kind === 'message' || a.arm.kind === 'signal';
	return comesFromOutside && isDeepStrictEqual(a.arm, b.arm);
}

type ArmedToken = Token & { readonly arm: Exclude<Arm, { kind: 'condition' }> };

/** Conditions come true by what the instance itself does, and a date that has passed does not come. */
function isArmed({ arm }: Token): boolean {
	return arm !== undefined && arm.kind !== 'condition' && !(arm.kind === 'timer' && arm.due === null);
}

function armedTokens(state: InstanceState | null): ReadonlyMap<Token['id'], ArmedToken> {
	const armed = new Map<Token['id'], ArmedToken>();
	for (const token of Object.values(state?.tokens ?? {})) if (isArmed(token)) armed.set(token.id, token as ArmedToken);
	return armed;
}

function waitRow({ id: token, arm }: ArmedToken): readonly WaitRow[] {
	switch (arm.kind) {
		case 'timer':
			return [{ token, kind: 'timer', name: null, key: null, due: arm.due }];
		case 'message': {
			const canCome = isStorable(arm.name + (arm.key ?? ''));
			return [{ token, kind: 'message', name: canCome ? arm.name : null, key: canCome ? arm.key : null, due: null }];
		}
		case 'signal':
			return [{ token, kind: 'signal', name: isStorable(arm.name) ? arm.name : null, key: null, due: null }];
		case 'job':
			return [];
	}
}

function newJobs(
	changed: readonly ArmedToken[],
	{ scopes }: InstanceState,
	createdAt: TimeMs,
): readonly Omit<JobRow, 'id'>[] {
	const armed = changed.filter(({ arm }) => arm.kind === 'job');
	if (armed.length === 0) return [];
	const known = new Map(Object.values(scopes).map((each) => [each.id, each]));
	return armed.flatMap((token) => jobRow(known, token, createdAt));
}

function jobRow(scopes: Scopes, armed: ArmedToken, createdAt: TimeMs): readonly Omit<JobRow, 'id'>[] {
	const { id: token, arm, scope } = armed;
	if (arm.kind !== 'job') return [];
	const topic = isStorable(arm.topic) ? arm.topic : '';
	const node = elementOf(armed);
	const places = placesOf(scopes, scope, node).map(({ path }) => path);
	return [{ node, topic, retries: arm.retries, createdAt, places, cause: { token } }];
}
