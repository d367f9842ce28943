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
