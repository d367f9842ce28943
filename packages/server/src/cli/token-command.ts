import { issueToken } from '../http/tokens/access-token.ts';
import type { OpenedServices } from '../server.ts';
import type { Terminal } from './terminal.ts';

export interface TokenOptions {
	readonly app: string;
	/** Checked where it is given: whoever can read the database needs none. */
	readonly secret?: string;
	readonly json?: boolean;
}

/** Prints a tenant access token, the same that the token call gives out. */
export async function tokenCommand(
	services: OpenedServices,
	{ app: appId, secret, json = false }: TokenOptions,
	{ print, printError }: Terminal,
): Promise<number> {
	const app = await services.apps.find(appId);
	if (app === null || !app.enabled) {
		printError(app === null ? `There is no app ${appId}.` : `The app ${appId} is disabled.`);
		return 1;
	}
	if (secret !== undefined && !(await services.apps.secretMatches(appId, secret))) {
		printError('The secret is not the one of this app.');
		return 1;
	}
	const { token, expiresInSeconds } = issueToken('tenant', app, services.clock.now());
	print(json ? JSON.stringify({ tenant_access_token: token, expire: expiresInSeconds }) : token);
	return 0;
}
