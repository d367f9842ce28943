import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createTestClock } from '../../../src/clock/test-clock.ts';
import { DEMO_APP } from '../../../src/demo/demo-data.ts';
import { seedDemo } from '../../../src/demo/seed-demo.ts';
import { createHttpServer } from '../../../src/http/http-server.ts';
import { type OpenedServices, openServices } from '../../../src/server.ts';
import { createTestDatabase } from '../../support/database.ts';

/** A server with the demo's data on a database of its own, and the demo app's token. */
export interface RealServer {
	readonly services: OpenedServices;
	readonly http: FastifyInstance;
	feishu(path: string, body: object, headers?: Record<string, string>): Promise<Answer>;
	native(method: 'GET' | 'PUT' | 'POST', path: string, body?: object | string): Promise<Answer>;
	/** The same with another token, or with headers. */
	send(method: 'GET' | 'PUT' | 'POST', url: string, options: SendOptions): Promise<Answer>;
	close(): Promise<void>;
}

export interface SendOptions {
	readonly token?: string;
	readonly body?: object | string;
	readonly headers?: Record<string, string>;
}

export interface Answer {
	readonly status: number;
	/** Parsed JSON; the tests say what they expect of it. */
	readonly body: ReturnType<typeof JSON.parse>;
}

export async function openRealServer(): Promise<RealServer> {
	const database = await createTestDatabase();
	const services = await openServices({
		connection: database.connection,
		clock: createTestClock(Date.UTC(2030, 0, 15, 8, 30)),
		log: () => {},
	});
	await seedDemo(services);
	const http = await createHttpServer({ services, log: pino({ level: 'silent' }), rateLimitPerMinute: 0 });

	const tokenAnswer = await http.inject({
		method: 'POST',
		url: '/open-apis/auth/v3/tenant_access_token/internal',
		payload: { app_id: DEMO_APP.id, app_secret: DEMO_APP.secret },
	});
	const demoToken: string = JSON.parse(tokenAnswer.body).tenant_access_token;

	const send: RealServer['send'] = async (method, url, { token = demoToken, body, headers = {} }) => {
		const answer = await http.inject({
			method,
			url,
			headers: {
				authorization: `Bearer ${token}`,
				...(body === undefined
					? {}
					: { 'content-type': typeof body === 'string' ? 'application/xml' : 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { payload: body }),
		});
		return { status: answer.statusCode, body: JSON.parse(answer.body) };
	};

	return {
		services,
		http,
		send,
		feishu: (path, body, headers = {}) => send('POST', `/open-apis/apaas/v1/${path}`, { body, headers }),
		native: (method, path, body) => send(method, `/api/v1/${path}`, body === undefined ? {} : { body }),
		close: async () => {
			await http.close();
			await services.close();
			await database.drop();
		},
	};
}
