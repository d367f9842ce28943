import Type from 'typebox';
import type { HttpContext } from '../../http-context.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { isoTime } from '../times.ts';

const MAX_ADVANCE_MS = 10 * 366 * 24 * 3_600_000;

/** Only where time is a test clock; elsewhere the path does not exist. */
export function advanceTestClock(http: NativeHttp, { services: { clock } }: HttpContext): void {
	const { advance } = clock;
	if (advance === null) return;
	http.post('/api/v1/test/clock/advance', {
		config: { scope: 'sendback:admin' },
		schema: {
			operationId: 'advanceTestClock',
			summary: 'Move time; answers when all that came due has run',
			tags: ['Operations'],
			body: Type.Object({
				ms: Type.Integer({
					minimum: 0,
					maximum: MAX_ADVANCE_MS,
					description: 'milliseconds, a whole number from 0 to ten years',
				}),
			}),
			response: responses(200, Type.Object({ now: Type.String() })),
		},
		handler: async (request, reply) => {
			const refusal = await advance(request.body.ms);
			if (refusal !== null) return sendRefusal(reply, refusal);
			return reply.send({ now: isoTime(clock.now()) });
		},
	});
}
