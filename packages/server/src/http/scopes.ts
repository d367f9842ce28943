/** What an app may be allowed to do. The first three are Feishu's names; the last is for what Feishu has no scope for. */
export const SCOPES = [
	'app_engine:approval:read',
	'app_engine:approval:write',
	'app_engine:flow:write',
	'sendback:admin',
] as const;

export type Scope = (typeof SCOPES)[number];
