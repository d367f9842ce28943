import { atEndOfTurn } from '../end-of-turn.ts';
import type { Refusal } from '../refusals.ts';
import type { CommandService } from '../services.ts';
import type { Scope } from './scopes.ts';

/** Of the calls that give the commands something to do. */
const OF_COMMANDS: ReadonlySet<Scope> = new Set<Scope>(['app_engine:approval:write', 'app_engine:flow:write']);

/**
 * Lets a call go on, at the end of this turn together with the others that came in it; or says why it is turned away, before
 * anything is done for it. Where the commands have as much as they can take, most of the work would otherwise go into
 * refusals.
 */
export function letIn(commands: CommandService, scope: Scope | undefined, goOn: () => void): Refusal | null {
	const refusal = scope !== undefined && OF_COMMANDS.has(scope) ? commands.letIn() : null;
	if (refusal === null) atEndOfTurn('accept', goOn);
	return refusal;
}
