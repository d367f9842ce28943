import type { FastifyInstance } from 'fastify';
import { DOCS_PAGE, DOCS_PAGE_POLICY } from './docs-page.ts';
import type { HttpContext } from './http-context.ts';

/** What operators and tools ask for. No token: these paths say nothing about tenants. */
export async function operationsPlugin(http: FastifyInstance, { services, metrics }: HttpContext): Promise<void> {
	const schema = (summary: string) => ({ summary, tags: ['Operations'], security: [] });

	http.get('/healthz', { schema: schema('Whether the process lives') }, async () => ({ status: 'ok' }));

	http.get('/readyz', { schema: schema('Whether it can serve: database and migrations') }, async (_request, reply) => {
		const reason = await services.notReady().catch(() => 'The database does not answer.');
		if (reason === null) return { status: 'ready' };
		return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason });
	});

	http.get('/metrics', { schema: schema('Prometheus metrics') }, async (_request, reply) =>
		reply.header('content-type', metrics.contentType).send(await metrics.text()),
	);

	http.get('/openapi.json', { schema: schema('This API as OpenAPI 3.1') }, async () => http.swagger());

	http.get('/docs', { schema: { hide: true } }, async (request, reply) => {
		// The page looks for the document next to it, and the router takes it for the same one with slashes at the end.
		const [, slashes = ''] = /(\/*)(\?|$)/.exec(request.url) ?? [];
		if (slashes !== '') return reply.redirect(`${'../'.repeat(slashes.length)}docs`, 308);
		return reply.header('content-security-policy', DOCS_PAGE_POLICY).type('text/html; charset=utf-8').send(DOCS_PAGE);
	});
}
