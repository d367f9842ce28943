/** What an app may be allowed to do. The first three are Feishu's names; the others are for what Feishu has no scope for. */
export const SCOPES = [
	'app_engine:approval:read',
	'app_engine:approval:write',
	'app_engine:flow:write',
	'sendback:worker',
	'sendback:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether an app with these scopes may do what needs `scope`. An administrator may also do the work of a worker. */
export function allows(scopes: readonly string[], scope: Scope): boolean {
	return scopes.includes(scope) || (scope === 'sendback:worker' && scopes.includes('sendback:admin'));
}

const OF_COMMANDS: ReadonlySet<string> = new Set<Scope>(['app_engine:approval:write', 'app_engine:flow:write']);

/**
 * Whether a call of this scope gives the commands something to do. Where they have as much as they can take, it is turned
 * away before anything is done for it: under overload most of the work would otherwise go into refusals.
 */
export function isOfCommands(scope: string | undefined): boolean {
	return scope !== undefined && OF_COMMANDS.has(scope);
}
