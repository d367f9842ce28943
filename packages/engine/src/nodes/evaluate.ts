import { EVALUATION } from '../effort.ts';
import type { VariableRead } from '../events.ts';
import { Budget } from '../expressions/budget.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { FeelError } from '../expressions/feel-error.ts';
import { namesInWords, readsOf } from '../expressions/reads-of.ts';
import { required } from '../lookup.ts';
import { reject } from '../rejections.ts';
import { finishedRuns } from '../scopes.ts';
import type { ScopeId, Value, Variables } from '../terms.ts';
import { flowScopeOf, scopeOf, visibleScopes } from '../visible-scopes.ts';
import { ask, refused, type Stop, unanswered, type View } from '../work.ts';

export interface Evaluated {
	readonly value: Value;
	/** The versions that it was read from. */
	readonly reads: readonly VariableRead[];
}

/**
 * The value of an expression on the variables visible in a scope.
 * @param given what goes before any variable; nothing wrote it, so it is not among what was read
 */
export function evaluate(view: View, scope: ScopeId, expression: Expression, given: Variables = {}): Evaluated | Stop {
	const { tree, source } = expression;
	const tooMuch = view.effort.whyTooMuch();
	if (tooMuch !== null) return tooMuch;
	view.effort.spend(effortOf(view, scope, source));
	const names = namesIn(view, scope, expression, given);
	const reads = readsAt(
		view,
		scope,
		names.filter((name) => !Object.hasOwn(given, name)),
	);
	const values = new Map<string, Value | undefined>();
	const known = (name: string) => {
		// Looked for once, however often it stands there.
		if (!values.has(name)) values.set(name, Object.hasOwn(given, name) ? given[name] : visibleValue(view, scope, name));
		return values.get(name);
	};
	if (tree !== null) {
		const budget = new Budget(view.effort);
		return orRefused(source, () => ({ value: evaluateTree(tree, known, budget), reads }));
	}
	const variables = Object.fromEntries(names.map((name) => [name, known(name) ?? null]));
	const question = { kind: 'evaluate', language: 'feel', source, variables } as const;
	const answer = ask<'evaluate'>(view, question);
	if (answer === undefined) return unanswered(question);
	if (answer.result.ok) return { value: answer.result.value, reads };
	return failed(source, answer.result.message);
}

/** A name may stand anywhere in an expression, and is looked for in each scope around. */
function effortOf(view: View, scope: ScopeId, source: string): number {
	return EVALUATION + Math.ceil(source.length / 4) * visibleScopes(view.state, scope).length;
}

/** The versions that an expression would be read from in a scope. */
export function readsBy(view: View, scope: ScopeId, expression: Expression): readonly VariableRead[] {
	return readsAt(view, scope, namesIn(view, scope, expression));
}

function namesIn(view: View, scope: ScopeId, expression: Expression, given: Variables = {}): string[] {
	if (expression.tree !== null) return readsOf(expression);
	return readsOf(expression, namesInWords([...visibleNames(view, scope), ...Object.keys(given)]));
}

/** What is evaluated here may be too much to be evaluated, as elsewhere. */
export function orRefused<T>(source: string, evaluation: () => T): T | Stop {
	try {
		return evaluation();
	} catch (error) {
		if (error instanceof FeelError) return failed(source, error.message);
		throw error;
	}
}

function failed(expression: string, reason: string): Stop {
	return refused(reject('condition-failed', { expression, reason }));
}

export function visibleValue(view: View, scope: ScopeId, name: string): Value | undefined {
	const given = givenValue(view, scope, name);
	if (given !== undefined) return given;
	const owner = scopeOf(view.state, scope, name);
	return owner === null ? undefined : required(required(view.state.scopes, owner).variables, name).value;
}

/** What is no variable. It goes before any: nobody becomes the initiator by writing that they are, nor ends the votes of others by a number. */
function givenValue(view: View, scope: ScopeId, name: string): Value | undefined {
	return name === 'initiator' ? view.state.initiator : loopCount(view, scope, name);
}

/** The counters of the innermost repeated activity. They follow from its tokens, so nothing writes them. */
function loopCount(view: View, from: ScopeId, name: string): number | undefined {
	if (!LOOP_COUNTERS.has(name)) return undefined;
	const loop = visibleScopes(view.state, from).find(({ kind }) => kind === 'loop');
	if (loop === undefined) return undefined;
	if (name === 'nrOfInstances') return loop.runs?.count;
	const { tokens, scopes } = view.state;
	if (name === 'nrOfActiveInstances') {
		const all = Object.values(scopes);
		view.effort.spend(all.length);
		return all.filter(({ parent }) => parent === loop.id).length;
	}
	const all = Object.values(tokens);
	view.effort.spend(all.length);
	return finishedRuns(all.filter(({ scope }) => scope === loop.id)).length;
}

const LOOP_COUNTERS = new Set(['nrOfInstances', 'nrOfActiveInstances', 'nrOfCompletedInstances']);

/** The versions of variables that are visible in a scope; 0 where there is none yet, which would be one of the flow. */
export function readsAt(view: View, scope: ScopeId, names: readonly string[]): readonly VariableRead[] {
	return names.flatMap((name) => (givenValue(view, scope, name) === undefined ? [readOf(view, scope, name)] : []));
}

function readOf({ state }: View, scope: ScopeId, name: string): VariableRead {
	const owner = scopeOf(state, scope, name);
	if (owner === null) return { scope: flowScopeOf(state, scope), name, seq: 0 };
	return { scope: owner, name, seq: required(required(state.scopes, owner).variables, name).seq };
}

export function visibleNames(view: View, from: ScopeId): string[] {
	const scopes = visibleScopes(view.state, from);
	const counters = scopes.some(({ kind }) => kind === 'loop') ? LOOP_COUNTERS : [];
	return [...new Set(['initiator', ...counters, ...scopes.flatMap(({ variables }) => Object.keys(variables))])];
}
