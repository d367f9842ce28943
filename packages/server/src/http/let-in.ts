import { atEndOfTurn } from '../end-of-turn.ts';
import type { CommandService } from '../services.ts';
import type { Scope } from './scopes.ts';

/** Of the calls that give the commands something to do. */
const OF_COMMANDS: ReadonlySet<Scope> = new Set<Scope>(['app_engine:approval:write', 'app_engine:flow:write']);

export function givesCommands(scope: Scope | undefined): boolean {
	return scope !== undefined && OF_COMMANDS.has(scope);
}

/** Lets a call go on at the end of this turn, together with the others that came in it. */
export function letIn(commands: CommandService, scope: Scope | undefined, goOn: () => void): void {
	if (givesCommands(scope)) commands.expect();
	atEndOfTurn('accept', goOn);
}
