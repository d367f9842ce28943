import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { onceATurn } from '../once-a-turn.ts';
import { DOCS_PAGE, DOCS_PAGE_POLICY } from './docs-page.ts';
import type { HttpContext } from './http-context.ts';

/**
 * What operators and tools ask for. No token: these paths say nothing about tenants. Anybody may ask, so however many do,
 * the work is done once a turn of the event loop, or once for all.
 */
export async function operationsPlugin(http: FastifyInstance, { services, metrics }: HttpContext): Promise<void> {
	const schema = (summary: string, response: object) => ({ summary, tags: ['Operations'], security: [], response });
	const status = Type.Object({ status: Type.String() });
	const readiness = { 200: status, 503: Type.Object({ ...status.properties, reason: Type.String() }) };

	const notReady = onceATurn(() => services.notReady());
	const metricsText = onceATurn(() => metrics.text());
	/** Bytes, so that connections that take them slowly have no copies of their own. */
	let api: Buffer | null = null;

	http.get('/healthz', { schema: schema('Whether the process lives', { 200: status }) }, async () => ({
		status: 'ok',
	}));

	http.get(
		'/readyz',
		{ schema: schema('Whether it can serve: database and migrations', readiness) },
		async (_, reply) => {
			const reason = await notReady().catch(() => 'The database does not answer.');
			if (reason === null) return { status: 'ready' };
			return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason });
		},
	);

	const text = { description: 'Prometheus text', content: { 'text/plain': { schema: Type.String() } } };
	http.get('/metrics', { schema: schema('Prometheus metrics', { 200: text }) }, async (_request, reply) =>
		reply.header('content-type', metrics.contentType).send(await metricsText()),
	);

	http.get(
		'/openapi.json',
		{ schema: schema('This API as OpenAPI 3.1', { 200: Type.Object({}) }) },
		async (_request, reply) => {
			api ??= Buffer.from(JSON.stringify(http.swagger()));
			return reply.type('application/json; charset=utf-8').send(api);
		},
	);

	http.get('/docs', { schema: { hide: true } }, async (request, reply) => {
		// The page looks for the document next to it, and the router takes it for the same one with slashes at the end.
		const [, slashes = ''] = /(\/*)(\?|$)/.exec(request.url) ?? [];
		if (slashes !== '') return reply.redirect(`${'../'.repeat(slashes.length)}docs`, 308);
		return reply.header('content-security-policy', DOCS_PAGE_POLICY).type('text/html; charset=utf-8').send(DOCS_PAGE);
	});
}
