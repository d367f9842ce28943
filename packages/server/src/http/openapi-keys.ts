import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import Type from 'typebox';
import { KEY_PATTERN, MAX_KEY_LENGTH } from './idempotency.ts';
import { givesCommands } from './let-in.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** Reads an Idempotency-Key, though its scope is not one of commands. */
		takesKey?: boolean;
	}
}

const HEADERS = Type.Object({
	'Idempotency-Key': Type.Optional(
		Type.String({
			minLength: 1,
			maxLength: MAX_KEY_LENGTH,
			pattern: KEY_PATTERN.source,
			description:
				'the same request again under the same key gets the first answer again; another request under it is refused',
		}),
	),
});

/** Adds the header to the document alone: a schema at the route would check it too, and a wrong key has an answer of its own. */
export const describeKeys: NonNullable<FastifyDynamicSwaggerOptions['transform']> = ({ schema, url, route }) => {
	const { scope, takesKey = givesCommands(scope) } = route.config ?? {};
	return { schema: takesKey ? { ...schema, headers: HEADERS } : schema, url };
};
