import { lookup, required } from '../lookup.ts';
import { boundaryEventsAt, eventStartsIn, nodesIn } from '../model/contents.ts';
import type { Activity, Node, ProcessModel, SubProcess, UserTask } from '../model/process-model.ts';
import { type NewToken, Products } from '../products.ts';
import { contentsOf, modelOf, nodeAt } from '../scopes.ts';
import type { Assignment, Scope, Token } from '../state.ts';
import type { ElementId, NodeId, ScopeId, TokenId, UserId, Variables } from '../terms.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { armOf } from './arms.ts';
import { beginCall } from './call-activity.ts';
import { doneBy } from './compensation.ts';
import { beginLoop } from './loop.ts';
import { outFlows } from './places.ts';
import { resolveAssignees } from './resolve-assignees.ts';

/** A token arrives: the activity begins, once or for each of its runs, and the events at its boundary are armed. */
export function enterActivity(view: View, node: Activity, token: Token): Firing | Stop {
	const { scope } = token;
	const products = new Products(view);
	const host = node.loop === null ? beginRun(products, node, scope) : beginLoop(products, node, node.loop, scope);
	if (isStop(host)) return host;
	const stop = armBoundary(products, node, scope, host);
	if (stop !== null) return stop;
	return {
		kind: 'enter',
		node: node.id,
		scope,
		consume: [token],
		produce: products.tokens,
		opens: products.scopes,
		tasks: products.tasks,
		reads: products.reads,
	};
}

/** One run of an activity in a scope; its token is the host of everything inside. */
export function beginRun(products: Products, node: Activity, scope: ScopeId): TokenId | Stop {
	switch (node.kind) {
		case 'userTask':
			return beginUserTask(products, node, scope);
		case 'subProcess':
			return beginSubProcess(products, node, scope);
		case 'callActivity':
			return beginCall(products, node, scope);
		case 'serviceTask':
		case 'receiveTask': {
			const arm = armOf(products.view, scope, node);
			return isStop(arm) ? arm : products.token(`active:${node.id}`, scope, { arm });
		}
		case 'scriptTask':
		case 'businessRuleTask':
		case 'sendTask':
			return products.token(`active:${node.id}`, scope);
	}
}

function beginUserTask(products: Products, node: UserTask, scope: ScopeId): TokenId | Stop {
	const resolved = resolveAssignees(products.view, node, scope);
	if (isStop(resolved)) return resolved;
	const { users, reads } = resolved;
	products.reads.push(...reads);
	const assignments = firstAssignments(users, node.mode === 'orderly');
	return products.task(`task:${node.id}`, scope, { mode: node.mode, isStart: false, assignments });
}

/** All at once, or each after the one before. */
function firstAssignments(users: readonly UserId[], inOrder: boolean): readonly Assignment[] {
	return users.map((user, index) => {
		const before = inOrder ? users[index - 1] : undefined;
		return before === undefined
			? { user, status: 'pending', waitsFor: [] }
			: { user, status: 'waiting', waitsFor: [before] };
	});
}

function beginSubProcess(products: Products, node: SubProcess, scope: ScopeId): TokenId | Stop {
	const host = products.token(`active:${node.id}`, scope);
	const model = modelOf(products.view, scope);
	const inside = products.scope({ parent: scope, element: node.id, kind: 'sub', host }, dataOf(model, node.id));
	return beginScope(products, model, node.id, inside) ?? host;
}

/** The variables that a scope begins with. */
export function dataOf({ data = {} }: ProcessModel, element: ElementId): Variables {
	return lookup(data, element) ?? {};
}

/** What is there when a scope opens: tokens behind its start event, the named one of several, and its event subprocesses armed. */
export function beginScope(
	products: Products,
	model: ProcessModel,
	element: ElementId,
	scope: ScopeId,
	named?: NodeId,
): Stop | null {
	const start = nodesIn(model, element).find(
		(node) =>
			node.kind === 'startEvent' &&
			(named === undefined ? node.trigger === null || node.parent !== model.id : node.id === named),
	);
	for (const flow of start?.outgoing ?? []) products.token(`flow:${flow}`, scope);
	return armEventSubProcesses(products, model, element, scope);
}

function armEventSubProcesses(
	products: Products,
	model: ProcessModel,
	element: ElementId,
	scope: ScopeId,
): Stop | null {
	for (const node of eventStartsIn(model, element)) {
		const arm = armOf(products.view, scope, node);
		if (isStop(arm)) return arm;
		if (arm !== null) products.token(`wait:${node.id}`, scope, { arm });
	}
	return null;
}

function armBoundary(products: Products, node: Activity, scope: ScopeId, host: TokenId): Stop | null {
	for (const event of boundaryEventsAt(modelOf(products.view, scope), node.id)) {
		const arm = armOf(products.view, scope, event);
		if (isStop(arm)) return arm;
		if (arm !== null) products.token(`wait:${event.id}`, scope, { host, arm });
	}
	return null;
}

/** A run that is over stays `active:` until the completion condition of parallel runs was looked at, which may name its number. */
function afterRun({ id, loop }: Activity, run: Scope, scope: ScopeId): NewToken {
	if (loop?.kind !== 'parallel' || loop.completionCondition === null) return { place: `sink:${id}`, scope };
	return { place: `active:${id}`, scope, run: Number(run.variables.loopCounter?.value) };
}

/** How an activity ends whose token is given: what is consumed with it, and where its token goes. */
export function endOfActivity(view: View, token: Token): Required<Pick<Firing, 'consume' | 'produce' | 'closes'>> {
	const { tokens, scopes } = contentsOf(view.state, token.id);
	const run = required(view.state.scopes, token.scope);
	const node = nodeAt(view, token);
	const consume = [token, ...tokens];
	if (run.kind === 'compensation') {
		return { consume, produce: [{ place: `sink:${node.id}`, scope: run.id }], closes: scopes };
	}
	const left = doneBy(view.state, node, token);
	const done = (scope: ScopeId) => left.map((each): NewToken => ({ place: `done:${each.node}`, scope, done: each }));
	if (run.kind === 'run' && run.parent !== null && 'loop' in node && run.element === node.id) {
		const produce = [afterRun(node, run, run.parent), ...done(run.parent)];
		return { consume, produce, closes: [...scopes, run.id] };
	}
	return { consume, produce: [...following(node, run.id), ...done(run.id)], closes: scopes };
}

/** Nothing follows an end event or an event subprocess, nor a compensation that nobody waits for. */
function following(node: Node, scope: ScopeId): readonly NewToken[] {
	const throws = node.kind === 'intermediateThrowEvent' ? node.throws : null;
	const isLast =
		node.kind === 'eventSubProcess' || node.kind === 'endEvent' || (throws?.kind === 'compensation' && !throws.waits);
	return isLast ? [{ place: `sink:${node.id}`, scope }] : outFlows(node, scope);
}
