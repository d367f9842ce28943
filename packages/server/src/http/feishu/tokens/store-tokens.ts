import Type from 'typebox';
import { claimedApp, issueToken, isTokenValid } from '../../tokens/access-token.ts';
import { sendPlain } from '../answers.ts';
import { GATEWAY_ERRORS } from '../gateway-errors.ts';
import { AppCredentials, identifyApp } from './identify-app.ts';
import { Credential, defineTokenCall, sendInvalidParam, sendTokenError, sendTokens } from './token-call.ts';

/**
 * Store apps: a ticket makes an app token, and an app token makes the token of a tenant. A wrong ticket is 10003 and not
 * Feishu's 10012: that one makes the Go SDK ask for a new ticket, which would end the one that another process uses.
 */
export const appTokenStore = defineTokenCall({
	path: '/auth/v3/app_access_token',
	summary: '商店应用获取 app_access_token',
	body: Type.Object({ ...AppCredentials.properties, app_ticket: Credential }),
	async answer({ services, reply }, body) {
		const identified = await identifyApp(services, body, 'store');
		if (!identified.ok) return sendTokenError(reply, identified.error);
		if (!(await services.apps.ticketMatches(identified.app.id, body.app_ticket))) return sendInvalidParam(reply);
		const { token, expiresInSeconds } = issueToken('app', identified.app, services.clock.now());
		return sendTokens(reply, { app_access_token: token, expire: expiresInSeconds });
	},
});

/** `tenant_key` is the name of the tenant; an app serves the one that it was made for. */
export const tenantTokenStore = defineTokenCall({
	path: '/auth/v3/tenant_access_token',
	summary: '商店应用获取 tenant_access_token',
	body: Type.Object({ app_access_token: Credential, tenant_key: Credential }),
	async answer({ services, reply }, body) {
		const { app_access_token: appToken, tenant_key: tenant } = body;
		const appId = claimedApp('app', appToken);
		const app = appId === null ? null : await services.apps.find(appId);
		const now = services.clock.now();
		if (app === null || !isTokenValid('app', appToken, app, now)) return sendInvalidParam(reply);
		if (!app.enabled) return sendTokenError(reply, GATEWAY_ERRORS.appDisabled);
		if (tenant !== app.tenant) return sendInvalidParam(reply);
		const { token, expiresInSeconds } = issueToken('tenant', app, now);
		return sendTokens(reply, { tenant_access_token: token, expire: expiresInSeconds });
	},
});

/** The new ticket is not in the answer, as in Feishu; `sendback app ticket` prints one. */
export const appTicketResend = defineTokenCall({
	path: '/auth/v3/app_ticket/resend',
	summary: '重新获取 app_ticket',
	body: AppCredentials,
	async answer({ services, reply }, body) {
		const identified = await identifyApp(services, body, 'store');
		if (!identified.ok) return sendTokenError(reply, identified.error);
		await services.apps.issueTicket(identified.app.id);
		return sendPlain(reply, { code: 0, msg: 'success' });
	},
});
