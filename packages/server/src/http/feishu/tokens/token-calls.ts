import { appTokenInternal, tenantTokenInternal } from './internal-tokens.ts';
import { appTicketResend, appTokenStore, tenantTokenStore } from './store-tokens.ts';
import type { TokenCall } from './token-call.ts';

/** Every call that gives out tokens. All are POST and take no token themselves. */
export const TOKEN_CALLS: readonly TokenCall[] = [
	tenantTokenInternal,
	appTokenInternal,
	appTokenStore,
	tenantTokenStore,
	appTicketResend,
];
