import { issueToken } from '../../tokens/access-token.ts';
import { AppCredentials, identifyApp } from './identify-app.ts';
import { defineTokenCall, sendTokenError, sendTokens } from './token-call.ts';

/** Tokens of an app that belongs to one company: `app_id` and `app_secret` are enough. */
export const tenantTokenInternal = defineTokenCall({
	path: '/auth/v3/tenant_access_token/internal',
	summary: '自建应用获取 tenant_access_token',
	body: AppCredentials,
	async answer({ services, reply }, body) {
		const identified = await identifyApp(services, body, 'internal');
		if (!identified.ok) return sendTokenError(reply, identified.error);
		const { token, expiresInSeconds } = issueToken('tenant', identified.app, services.clock.now());
		return sendTokens(reply, { tenant_access_token: token, expire: expiresInSeconds });
	},
});

/** Feishu's internal apps get one and the same token for both; so do ours. */
export const appTokenInternal = defineTokenCall({
	path: '/auth/v3/app_access_token/internal',
	summary: '自建应用获取 app_access_token',
	body: AppCredentials,
	async answer({ services, reply }, body) {
		const identified = await identifyApp(services, body, 'internal');
		if (!identified.ok) return sendTokenError(reply, identified.error);
		const { token, expiresInSeconds } = issueToken('tenant', identified.app, services.clock.now());
		return sendTokens(reply, { app_access_token: token, tenant_access_token: token, expire: expiresInSeconds });
	},
});
