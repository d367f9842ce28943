import { cutText } from '../cut-text.ts';
import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import type { Activity, Loop } from '../model/process-model.ts';
import { Products } from '../products.ts';
import type { Question } from '../questions.ts';
import { reject } from '../rejections.ts';
import { type DirectContents, finishedRuns, nodeOf } from '../scopes.ts';
import type { Scope, Token } from '../state.ts';
import type { ScopeId, TokenId, Value, Variables } from '../terms.ts';
import { type Firing, isStop, refused, type Stop, unanswered, type View } from '../work.ts';
import { beginRun, endOfActivity } from './activity.ts';
import { type Evaluated, evaluate } from './evaluate.ts';

const MAX_RUNS = 1_000;

/** Opens the scope of all runs, and in it the first run, or every run where they are parallel. */
export function beginLoop(products: Products, node: Activity, loop: Loop, scope: ScopeId): TokenId | Stop {
	const counted = runsOf(products.view, node, loop, scope);
	if (isStop(counted)) return counted;
	const { runs, reads } = counted;
	products.reads.push(...reads);
	const host = products.token(`active:${node.id}`, scope);
	const all = products.scope({ parent: scope, element: node.id, kind: 'loop', host, runs });
	const first = loop.kind === 'parallel' ? runs.count : Math.min(1, runs.count);
	// What all of them have to know is asked at once.
	const questions: Question[] = [];
	for (let index = 0; index < first; index++) {
		const stop = beginNext(products, node, loop, all, runs, index);
		if (stop?.kind === 'refused') return stop;
		if (stop !== null) questions.push(...stop.questions);
	}
	return questions.length === 0 ? host : unanswered(...questions);
}

type Runs = NonNullable<Scope['runs']>;

interface CountedRuns {
	readonly runs: Runs;
	readonly reads: Evaluated['reads'];
}

function runsOf(view: View, node: Activity, loop: Loop, scope: ScopeId): CountedRuns | Stop {
	if (loop.kind === 'standard') return standardRuns(view, loop, scope);
	const expression = loop.collection ?? loop.cardinality;
	invariant(expression !== null, 'a multi-instance activity has a cardinality or a collection');
	const evaluated = evaluate(view, scope, expression);
	if (isStop(evaluated)) return evaluated;
	const { value, reads } = evaluated;
	const items = loop.collection === null ? null : Array.isArray(value) ? (value as readonly Value[]) : undefined;
	const count = items === null ? cardinalityOf(value) : items?.length;
	if (items === undefined || count === undefined || !Number.isInteger(count) || count < 0 || count > MAX_RUNS) {
		return refused(reject('loop-invalid', { node: node.id, value: cutText(JSON.stringify(value), 100) }));
	}
	return { runs: { count, items }, reads };
}

/** A number, also as text; nothing else, or an approval would be skipped where a variable is missing. */
function cardinalityOf(value: Value): number {
	if (typeof value === 'string' && /^\s*\d+\s*$/.test(value)) return Number(value);
	return typeof value === 'number' ? value : Number.NaN;
}

function standardRuns(view: View, loop: Extract<Loop, { kind: 'standard' }>, scope: ScopeId): CountedRuns | Stop {
	const count = Math.min(loop.maximum ?? MAX_RUNS, MAX_RUNS);
	if (!loop.testBefore || loop.condition === null) return { runs: { count, items: null }, reads: [] };
	const goesOn = evaluate(view, scope, loop.condition, { loopCounter: 0 });
	if (isStop(goesOn)) return goesOn;
	return { runs: { count: goesOn.value === true ? count : 0, items: null }, reads: goesOn.reads };
}

function beginNext(
	products: Products,
	node: Activity,
	loop: Loop,
	all: ScopeId,
	runs: Runs,
	index: number,
): Stop | null {
	const variables = variablesOf(loop, { runs }, index);
	const run = products.scope({ parent: all, element: node.id, kind: 'run', host: null }, variables);
	const begun = beginRun(products, node, run);
	return isStop(begun) ? begun : null;
}

/** What a run begins with, and what the completion condition sees of it when it is over. */
function variablesOf(loop: Loop, { runs }: Pick<Scope, 'runs'>, index: number): Variables {
	const element = loop.kind === 'standard' ? null : loop.elementVariable;
	const items = runs?.items ?? null;
	return { ...(element === null || items === null ? {} : { [element]: items[index] ?? null }), loopCounter: index };
}

/**
 * What a repeated activity does by itself: it ends when its last run has, or early when its completion condition holds;
 * a sequential one begins its next run. The condition is looked at once for each run that is over, and at no other time.
 * Null while it waits for the runs that are open.
 */
export function advanceLoop(view: View, scope: Scope, { tokens, scopes }: DirectContents): Firing | Stop | null {
	const { host: hostId, runs } = scope;
	invariant(hostId !== null && runs !== undefined, 'a loop has a host and runs');
	const host = required(view.state.tokens, hostId);
	const node = nodeOf(view, host.scope, scope.element) as Activity;
	const { loop } = node;
	invariant(loop !== null, 'a loop scope is of a repeated activity');
	const finished = finishedRuns(tokens);
	const isOpen = scopes > 0;
	const news = loop.kind === 'parallel' && isOpen ? finished.filter(isNews) : finished;
	const last = news.at(-1);
	const isHeld = host.heldBy !== undefined || (!isOpen && finished.some(({ heldBy }) => heldBy !== undefined));
	if (isHeld || (isOpen && (last === undefined || loop.kind !== 'parallel'))) return null;

	const isLast = finished.length >= runs.count;
	const ends = isLast ? { value: true, reads: [] } : endsEarly(view, scope, loop, finished.length, last);
	if (isStop(ends)) return ends;
	if (ends.value) {
		const { consume, produce, closes } = endOfActivity(view, host);
		const base = { kind: 'finish', node: node.id, scope: host.scope, reads: ends.reads } as const;
		return { ...base, consume, produce, ...(closes === undefined ? {} : { closes }) };
	}
	invariant(last !== undefined, 'a further run follows a finished one');
	return repeat(view, node, loop, scope, { last, finished: finished.length, isOpen }, ends.reads);
}

/** A run that is over, and whose completion condition was not looked at yet. */
function isNews({ place, heldBy }: Token): boolean {
	return place.startsWith('active:') && heldBy === undefined;
}

function endsEarly(
	view: View,
	scope: Scope,
	loop: Loop,
	finished: number,
	last: Token | undefined,
): { readonly value: boolean; readonly reads: NonNullable<Firing['reads']> } | Stop {
	const isStandard = loop.kind === 'standard';
	const condition = isStandard ? loop.condition : loop.completionCondition;
	if (condition === null || finished === 0) return { value: false, reads: [] };
	// The number of the run that would follow: how many there were, whether the condition is looked at before or after.
	const ofRun = isStandard ? { loopCounter: finished } : variablesOf(loop, scope, last?.run ?? finished - 1);
	const evaluated = evaluate(view, scope.id, condition, ofRun);
	if (isStop(evaluated)) return evaluated;
	const holds = evaluated.value === true;
	return { value: isStandard ? !holds : holds, reads: evaluated.reads };
}

/**
 * It goes on after a run: the next one follows from the one before, so that undoing that one undoes it too. Parallel
 * runs are all there, and it only is on record that this one did not end them, and on what grounds.
 */
function repeat(
	view: View,
	node: Activity,
	loop: Loop,
	scope: Scope,
	{ last, finished, isOpen }: { readonly last: Token; readonly finished: number; readonly isOpen: boolean },
	reads: NonNullable<Firing['reads']>,
): Firing | Stop {
	const products = new Products(view);
	invariant(scope.runs !== undefined, 'a loop has runs');
	products.token(`sink:${node.id}`, scope.id);
	const stop = isOpen ? null : beginNext(products, node, loop, scope.id, scope.runs, finished);
	if (stop !== null) return stop;
	products.reads.push(...reads);
	const { tokens: produce, scopes: opens, tasks, reads: read } = products;
	return { kind: 'repeat', node: node.id, scope: scope.id, consume: [last], produce, opens, tasks, reads: read };
}
