import type { Activity, Loop } from '../model/process-model.ts';
import { compensationFirings } from './compensation.ts';
import { contentsOf } from './contents.ts';
import type { Firing } from './firing.ts';
import { isActivity, plain, run } from './growth.ts';
import { isSink, type Scope, scopeOf, type Token } from './marking.ts';
import type { Net } from './net.ts';
import { firingAt, leave, type Site } from './site.ts';
import { hostOf, netAt, nodeAt } from './world.ts';

/** What a scope itself may do: finish, or begin the next run of a repeated activity. */
export function* scopeFirings(site: Site): Generator<Firing> {
	const { scope } = site;
	if (scope.kind === 'loop') yield* loopFirings(site);
	else if (scope.kind === 'compensation') yield* compensationFirings(site);
	else if (scope.kind !== 'run' && hasOnlySinks(site.net, scope)) {
		if (scope.kind === 'process') yield finishOfProcess(site);
		else yield* finishOf(site);
	}
}

/** Whether only sinks are left, completed activities, and events that would begin an event subprocess. */
export function hasOnlySinks(net: Net, scope: Scope): boolean {
	const isArmedStart = (place: string): boolean =>
		place.startsWith('wait:') && net.nodes.get(place.slice('wait:'.length))?.kind === 'startEvent';
	const isOver = ({ place, done }: Token): boolean => isSink(place) || done !== null || isArmedStart(place);
	return scope.tokens.length > 0 && scope.tokens.every(isOver);
}

/** The activity that repeats in a loop scope, how far it has come, and what may follow. */
export function loopProgress({ net, marking, scope }: Site): LoopProgress | null {
	const host = hostOf(marking, scope);
	const activity = host === null ? null : nodeAt(net, host);
	if (activity === null || !isActivity(activity) || activity.loop === null) return null;
	const { loop } = activity;
	const done = scope.tokens.filter((token) => token.done === null).length;
	const isRunning = [...marking.scopes.values()].some(({ parent, host: of }) => parent === scope.id && of === null);
	const progress =
		loop.kind === 'standard' ? whileProgress : loop.kind === 'parallel' ? parallelProgress : listProgress;
	return { activity, ...progress(loop, scope, done, isRunning) };
}

export interface LoopProgress {
	readonly activity: Activity;
	readonly mayRepeat: boolean;
	readonly mayFinish: boolean;
}

type Progress = Omit<LoopProgress, 'activity'>;

/** Completing a run may end all, and else the others go on (BPMN 2.0.2, 10.3.8: completionCondition). */
function parallelProgress(_loop: Loop, { count, tokens }: Scope, done: number, isRunning: boolean): Progress {
	const isAsked = tokens.some(isUndecided);
	return { mayRepeat: isAsked && isRunning, mayFinish: (isAsked && isRunning) || (!isRunning && done === count) };
}

function listProgress(loop: Loop, { count }: Scope, done: number, isRunning: boolean): Progress {
	const isEarly = loop.kind !== 'standard' && loop.completionCondition !== null && done > 0;
	return {
		mayRepeat: !isRunning && done > 0 && done < (count ?? 0),
		mayFinish: !isRunning && (isEarly || done === count),
	};
}

/** A run that is completed, and may end all the others. */
function isUndecided({ place }: Token): boolean {
	return place.startsWith('active:');
}

function whileProgress(loop: Loop, _scope: Scope, done: number, isRunning: boolean): Progress {
	const maximum = loop.kind === 'standard' ? loop.maximum : null;
	const testBefore = loop.kind === 'standard' && loop.testBefore;
	return {
		mayRepeat: !isRunning && done > 0 && (maximum === null || done < maximum),
		mayFinish: !isRunning && (done > 0 || testBefore),
	};
}

function* loopFirings(site: Site): Generator<Firing> {
	const progress = loopProgress(site);
	if (progress === null) return;
	const { activity, mayFinish, mayRepeat } = progress;
	if (mayFinish) yield* finishOf(site);
	const goesOn = activity.loop?.kind === 'parallel';
	const over = site.scope.tokens.find(
		(token) => token.done === null && site.freedom.uses(token) && (!goesOn || isUndecided(token)),
	);
	if (!mayRepeat || over === undefined) return;
	const sink = plain(`sink:${activity.id}`);
	if (goesOn) {
		const produced = [{ scope: site.scope.id, tokens: [sink], runs: [] }];
		yield firingAt(site, activity, { kind: 'repeat', consumed: [over], produced });
		return;
	}
	const called = activity.kind === 'callActivity' ? site.freedom.called(activity) : null;
	const next = run(site.net, activity, called, site.world.modelOf);
	const produced = [{ scope: site.scope.id, tokens: [sink], runs: [next] }];
	yield firingAt(site, activity, { kind: 'repeat', consumed: [over], produced });
}

function finishOfProcess({ marking, scope }: Site): Firing {
	const { tokens, scopes } = contentsOf(marking, scope);
	const nothing = { produced: [], chosen: null, count: null } as const;
	return { kind: 'finish', node: null, scope: scope.id, consumed: tokens, closed: scopes, ...nothing, by: 'engine' };
}

/** The activity that the scope is the inside of is done. */
export function* finishOf({ world, marking, scope, freedom }: Site): Generator<Firing> {
	const host = hostOf(marking, scope);
	if (host === null) return;
	const parent = scopeOf(marking, host.scope);
	const net = netAt(world, marking, parent);
	if (net === null) return;
	const outside = { world, net, marking, scope: parent, freedom };
	yield leave(outside, nodeAt(net, host), host, { kind: 'finish', by: 'engine' });
}
