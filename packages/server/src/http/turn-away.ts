import type { Refusal } from '../refusals.ts';
import type { CommandService } from '../services.ts';
import type { Scope } from './scopes.ts';

/** Of the calls that give the commands something to do. */
const OF_COMMANDS: ReadonlySet<Scope> = new Set<Scope>(['app_engine:approval:write', 'app_engine:flow:write']);

/**
 * Why a call of this scope is turned away before anything is done for it; null where it is not. Where the commands have as
 * much as they can take, most of the work would otherwise go into refusals.
 */
export function whyTurnedAway(commands: CommandService, scope: Scope | undefined): Refusal | null {
	return scope !== undefined && OF_COMMANDS.has(scope) ? commands.whyNotNow() : null;
}
