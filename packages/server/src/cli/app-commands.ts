import { SCOPES } from '../http/scopes.ts';
import type { OpenedServices } from '../server.ts';
import type { Terminal } from './terminal.ts';

export interface CreateAppOptions {
	readonly tenant: string;
	readonly name?: string;
	/** None: an app that can get a token and call nothing with it. */
	readonly scope?: readonly string[];
	readonly store?: boolean;
	readonly json?: boolean;
}

const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const MAX_NAME_LENGTH = 255;

/** What is wrong with the options of `app create`, before anything is opened; null where nothing is. */
export function problemWithApp({ tenant, name, scope }: CreateAppOptions): string | null {
	if (!TENANT_NAME.test(tenant)) {
		return '--tenant has to be 1 to 63 small letters, digits, _ and -, beginning with a letter or digit.';
	}
	if (name !== undefined && (name.trim() === '' || name.length > MAX_NAME_LENGTH)) {
		return `--name has to be 1 to ${MAX_NAME_LENGTH} characters.`;
	}
	const unknown = scopeList(scope).find((text) => !SCOPES.some((known) => known === text));
	return unknown === undefined ? null : `${unknown} is no scope. Scopes: ${SCOPES.join(', ')}`;
}

export async function createApp(
	services: OpenedServices,
	{ tenant, name, scope, store = false, json = false }: CreateAppOptions,
	{ print }: Terminal,
): Promise<number> {
	const scopes = scopeList(scope);
	const { id, secret } = await services.apps.create({ tenant, name: name ?? tenant, scopes, store });
	if (json) print(JSON.stringify({ app_id: id, app_secret: secret, tenant, scopes, store }));
	else print(`app_id      ${id}\napp_secret  ${secret}\n\nThe secret is shown only now.`);
	return 0;
}

export async function setAppEnabled(
	services: OpenedServices,
	appId: string,
	enabled: boolean,
	{ print, printError }: Terminal,
): Promise<number> {
	if (!(await services.apps.setEnabled(appId, enabled))) {
		printError(`There is no app ${appId}.`);
		return 1;
	}
	print(`${appId} is ${enabled ? 'enabled' : 'disabled'}; running servers follow within seconds.`);
	return 0;
}

/** The ticket of a store app; the one before it ends. */
export async function issueAppTicket(
	services: OpenedServices,
	appId: string,
	{ print, printError }: Terminal,
): Promise<number> {
	const app = await services.apps.find(appId);
	const ticket = app?.store === true ? await services.apps.issueTicket(appId) : null;
	if (ticket === null) {
		printError(`There is no store app ${appId}.`);
		return 1;
	}
	print(ticket);
	return 0;
}

/** `--scope a b`, `--scope a --scope b` and `--scope a,b` are the same. */
function scopeList(given: readonly string[] = []): readonly string[] {
	return [...new Set(given.flatMap((text) => text.split(',')).filter((text) => text !== ''))];
}
