import type { App, Services } from '../../../services.ts';
import { GATEWAY_ERRORS, type GatewayError } from '../gateway-errors.ts';
import { textField } from './token-call.ts';

export type Identification =
	| { readonly ok: true; readonly app: App }
	| { readonly ok: false; readonly error: GatewayError };

/** The app that `app_id` and `app_secret` of a body belong to, if it is of the right kind and in use. */
export async function identifyApp(
	services: Services,
	body: unknown,
	kind: 'internal' | 'store',
): Promise<Identification> {
	const appId = textField(body, 'app_id');
	const secret = textField(body, 'app_secret');
	if (appId === null || secret === null) return { ok: false, error: GATEWAY_ERRORS.tokenRequestInvalid };
	const app = await services.apps.find(appId);
	if (app === null || app.store !== (kind === 'store')) {
		return { ok: false, error: GATEWAY_ERRORS.tokenRequestInvalid };
	}
	if (!(await services.apps.secretMatches(appId, secret))) return { ok: false, error: GATEWAY_ERRORS.appSecretInvalid };
	return app.enabled ? { ok: true, app } : { ok: false, error: GATEWAY_ERRORS.appDisabled };
}
