import Type, { type Static } from 'typebox';
import type { App, Services } from '../../../services.ts';
import { GATEWAY_ERRORS, type GatewayError } from '../gateway-errors.ts';
import { Credential } from './token-call.ts';

export const AppCredentials = Type.Object({ app_id: Credential, app_secret: Credential });

export type Identification =
	| { readonly ok: true; readonly app: App }
	| { readonly ok: false; readonly error: GatewayError };

/** The app that the credentials belong to, if it is of the right kind and in use. */
export async function identifyApp(
	{ apps }: Services,
	{ app_id: appId, app_secret: secret }: Static<typeof AppCredentials>,
	kind: 'internal' | 'store',
): Promise<Identification> {
	const app = await apps.find(appId);
	if (app === null || app.store !== (kind === 'store')) {
		return { ok: false, error: GATEWAY_ERRORS.tokenRequestInvalid };
	}
	if (!(await apps.secretMatches(appId, secret))) return { ok: false, error: GATEWAY_ERRORS.appSecretInvalid };
	return app.enabled ? { ok: true, app } : { ok: false, error: GATEWAY_ERRORS.appDisabled };
}
