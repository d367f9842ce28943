import type { MigrateInstance } from '../commands.ts';
import { reject } from '../rejections.ts';
import type { InstanceState, Token } from '../state.ts';
import { whyNotUsers } from '../tasks/assignments.ts';
import { ask, isStop, refused, type Stop, unanswered, type Work } from '../work.ts';
import { armNewHandlers } from './arm-new-handlers.ts';
import { ElementMap } from './element-map.ts';
import { mergedFlows } from './merged-flows.ts';
import { type MigrationProblem, problem } from './migration-problems.ts';
import { isOwn, moveScopes, moveTokens } from './move-tokens.ts';
import { starvedJoins } from './starved-joins.ts';

/** Moves the instance to another version of its flow: everything that is open goes on there, or nothing is done. */
export function migrateInstance(work: Work, { version, map: given, user, opinion }: MigrateInstance): Stop | null {
	const stop = user === null ? null : whyNotUsers(work, [user]);
	if (stop !== null) return stop;
	const question = { kind: 'own-flow', version } as const;
	const answer = ask<'own-flow'>(work, question);
	if (answer === undefined) return unanswered(question);
	const { current, flow } = answer;
	if (flow === null) return refused(reject('version-unknown', { version: String(version) }));
	const isIdentity = Object.entries(given).every(([from, to]) => from === to);
	if (flow.version === current && isIdentity) return refused(reject('version-current', { version: String(current) }));

	const { state, now, answers, effort } = work;
	const map = new ElementMap(work.model, flow.model, given);
	const { moved, canceled, problems } = moveTokens(state, map);
	const scopes = moveScopes(state, map);
	const found = [...map.problems, ...problems, ...mergedFlows(state, moved)];
	if (found.length > 0) return impossible(found);
	const kept = moved.map(({ after }) => after);
	const starved = newlyStarved(state, map, kept, scopes);
	if (starved.length > 0) return impossible(starved);

	const waits = armNewHandlers({ model: flow.model, state, now, answers, effort }, map, moved);
	if (isStop(waits)) return waits;
	const armed = waits.map((wait, index): Token => ({ ...wait, id: state.nextToken + index, producer: state.nextSeq }));
	const event = { user, opinion, from: current, to: flow.version, map: given, canceled, scopes };
	work.migrate({ ...event, tokens: [...kept, ...armed] }, flow.model);
	return null;
}

/** Joins that wait in vain in the other version, and did not so before. */
function newlyStarved(
	state: InstanceState,
	map: ElementMap,
	tokens: readonly Token[],
	scopes: Parameters<typeof starvedJoins>[2],
): readonly MigrationProblem[] {
	const own = <S extends { readonly id: number }>(list: readonly S[]) => list.filter(({ id }) => isOwn(state, id));
	const before = starvedJoins(map.from, Object.values(state.tokens), own(Object.values(state.scopes)));
	const known = new Set(before.map(({ scope, join }) => `${scope} ${map.nodeId(join)}`));
	return starvedJoins(map.to, tokens, own(scopes))
		.filter(({ scope, join }) => !known.has(`${scope} ${join}`))
		.map(({ join }) => problem('join-starved', join));
}

/** One for each element, however many tokens are there. */
function impossible(problems: readonly MigrationProblem[]): Stop {
	const distinct = new Map(problems.map((each) => [each.element, each] as const).reverse());
	const listed = [...distinct.values()].reverse();
	return refused({
		...reject('migration-impossible', { elements: listed.map(({ element }) => element).join(' ') }),
		problems: listed,
	});
}
