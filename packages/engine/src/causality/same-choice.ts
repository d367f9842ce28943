import type { NodeFired } from '../events.ts';
import type { Scope, Token } from '../state.ts';
import type { Firing } from '../work.ts';

/** Whether a firing that is planned now chooses as it did before: where to go, what to wait for, what to hand on and to throw. */
export function isSameChoice(planned: Firing, before: NodeFired): boolean {
	return (
		waitsOf(planned.produce) === waitsOf(before.produced) &&
		givenTo(planned.opens) === givenTo(before.opened) &&
		throwsTheSame(planned, before)
	);
}

/** Where tokens go, and what they wait for there: of a timer its text or date, as when it is due follows from now. */
function waitsOf(tokens: readonly Pick<Token, 'place' | 'arm'>[]): string {
	return JSON.stringify(
		tokens.map(({ place, arm }) => [place, arm?.kind === 'timer' ? (arm.full ?? arm.due) : (arm ?? null)]),
	);
}

/** How often what is repeated repeats, and over what; which flow is called, in which version, and what it is given. */
function givenTo(scopes: readonly Scope[] = []): string {
	const inputsOf = (variables: Scope['variables']) =>
		Object.keys(variables)
			.sort()
			.map((name) => [name, variables[name]?.value]);
	return JSON.stringify(
		scopes.map(({ runs, flow, variables }) => [
			runs?.count,
			runs?.items,
			flow && [flow.flowId, flow.version, inputsOf(variables)],
		]),
	);
}

/** What earlier versions did again has nothing on record of what it threw. */
function throwsTheSame(planned: Firing, { effects, alreadyThrown = effects }: NodeFired): boolean {
	const namesOf = (thrown: Firing['effects'] = []) => JSON.stringify(thrown.map(({ kind, name }) => [kind, name]));
	return alreadyThrown === undefined || namesOf(planned.effects) === namesOf(alreadyThrown);
}
