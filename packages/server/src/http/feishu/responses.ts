import Type from 'typebox';

const ErrorSchema = Type.Object({
	code: Type.Integer({ description: 'see docs/errors.md' }),
	msg: Type.String(),
	error: Type.Object({
		log_id: Type.String(),
		message: Type.Optional(Type.String()),
		details: Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String() }))),
		field_violations: Type.Optional(
			Type.Array(Type.Object({ field: Type.String(), description: Type.String(), value: Type.String() })),
		),
		permission_violations: Type.Optional(Type.Array(Type.Object({ type: Type.String(), subject: Type.String() }))),
	}),
});

const ERROR = { description: 'An error', content: { 'application/json': { schema: ErrorSchema } } };

/** What a call answers, for the OpenAPI document: `schema`, or an error. */
export function responses(schema: Type.TSchema) {
	return {
		200: schema,
		// Beside routes that do not exist, a parameter that cannot be decoded or is too long for the router.
		404: { description: 'A path that names nothing', content: { 'text/plain': { schema: Type.String() } } },
		'4xx': ERROR,
		'5xx': ERROR,
	};
}
