import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/http/http-server.ts';
import { SCOPES } from '../../../src/http/scopes.ts';
import { issueToken } from '../../../src/http/tokens/access-token.ts';
import type { App } from '../../../src/services.ts';
import { type FakeWorld, fakeServices } from './fake-services.ts';

/** A gateway over fake services, with an app that has every scope and its token. */
export interface Gateway {
	readonly http: FastifyInstance;
	readonly world: FakeWorld;
	readonly app: App & { enabled: boolean };
	readonly secret: string;
	readonly token: string;
	tokenOf(scopes: readonly string[]): Promise<string>;
}

export async function openGateway(rateLimitPerMinute = 0): Promise<Gateway> {
	const world = fakeServices();
	const http = await createHttpServer({
		services: world.services,
		log: pino({ level: 'silent' }),
		rateLimitPerMinute,
	});
	async function createApp(scopes: readonly string[]) {
		const { id, secret } = await world.services.apps.create({ tenant: 'demo', name: 'test', scopes, store: false });
		const app = world.apps.get(id);
		if (app === undefined) throw new Error('The app was not created.');
		return { app, secret };
	}
	const tokenFor = (app: App) => issueToken('tenant', app, world.services.clock.now()).token;
	const { app, secret } = await createApp(SCOPES);
	return {
		http,
		world,
		app,
		secret,
		token: tokenFor(app),
		tokenOf: async (scopes) => tokenFor((await createApp(scopes)).app),
	};
}
