import type { TimeMs } from '@sendback/engine/terms.ts';
import type { App, Services } from '../../services.ts';
import { LruCache } from '../../storage/lru-cache.ts';
import { claimedApp, validUntil } from './access-token.ts';

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

/** Says which app a request comes from, by its `Authorization` header. */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>;

const SCHEME = 'Bearer ';
/** Clients use one token for up to two hours: what its signature proved is kept, what the app is now is asked each time. */
const KEPT_TOKENS = 10_000;

interface Proven {
	readonly appId: string;
	/** The same object, or the token is proven again: with another key it would be a forgery. */
	readonly key: App['tokenKey'];
	readonly until: TimeMs;
}

export function createAuthentication({ apps, clock }: Pick<Services, 'apps' | 'clock'>): Authenticate {
	const kept = new LruCache<Proven>(KEPT_TOKENS);

	return async (authorization) => {
		if (authorization === undefined || !authorization.startsWith(SCHEME)) return refused('missing');
		const token = authorization.slice(SCHEME.length).trim();
		if (token === '') return refused('missing');
		if (token.startsWith('u-')) return refused('user-token');
		if (!token.startsWith('t-')) return refused('prefix');
		const known = kept.get(token);
		const appId = known?.appId ?? claimedApp('tenant', token);
		const app = appId === null ? null : await apps.find(appId);
		if (app === null) return refused('invalid');
		const until = known?.key === app.tokenKey ? known.until : validUntil('tenant', token, app);
		if (until === null || clock.now() >= until) return refused('invalid');
		if (known?.key !== app.tokenKey) kept.set(token, { appId: app.id, key: app.tokenKey, until });
		return app.enabled ? { ok: true, app } : refused('app-disabled');
	};
}

function refused(problem: TokenProblem): Authentication {
	return { ok: false, problem };
}
