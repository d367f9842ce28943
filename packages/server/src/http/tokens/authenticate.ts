import type { App, Services } from '../../services.ts';
import { claimedApp, isTokenValid } from './access-token.ts';

export type TokenProblem =
	/** No `Authorization`, or not `Bearer `. */
	| 'missing'
	/** A tenant token that is forged, has run out, or belongs to no app. */
	| 'invalid'
	/** A user's token, where only an app's is taken. */
	| 'user-token'
	/** Neither `t-` nor `u-`. */
	| 'prefix'
	| 'app-disabled';

export type Authentication =
	| { readonly ok: true; readonly app: App }
	| { readonly ok: false; readonly problem: TokenProblem };

const SCHEME = 'Bearer ';

/** Says which app a request comes from, by its `Authorization` header. */
export async function authenticate(
	services: Pick<Services, 'apps' | 'clock'>,
	authorization: string | undefined,
): Promise<Authentication> {
	if (authorization === undefined || !authorization.startsWith(SCHEME)) return refused('missing');
	const token = authorization.slice(SCHEME.length).trim();
	if (token === '') return refused('missing');
	if (token.startsWith('u-')) return refused('user-token');
	if (!token.startsWith('t-')) return refused('prefix');
	const appId = claimedApp('tenant', token);
	const app = appId === null ? null : await services.apps.find(appId);
	if (app === null || !isTokenValid('tenant', token, app, services.clock.now())) return refused('invalid');
	return app.enabled ? { ok: true, app } : refused('app-disabled');
}

function refused(problem: TokenProblem): Authentication {
	return { ok: false, problem };
}
