import Type from 'typebox';

const ProblemSchema = Type.Object(
	{
		type: Type.String(),
		title: Type.String(),
		status: Type.Integer(),
		detail: Type.Optional(Type.String()),
		code: Type.String({ description: 'stable; see docs/errors.md' }),
		instance: Type.Optional(Type.String()),
		errors: Type.Optional(Type.Array(Type.Unknown())),
		details: Type.Optional(Type.Record(Type.String(), Type.String())),
	},
	{ description: 'A problem document (RFC 9457)' },
);

const PROBLEM = {
	description: 'A problem document',
	content: { 'application/problem+json': { schema: ProblemSchema } },
};

/** What a call answers, for the OpenAPI document: its result, or a problem. */
export function responses<const Status extends 200 | 201 | 204>(status: Status, schema: Type.TSchema) {
	return { [status]: schema, '4xx': PROBLEM, '5xx': PROBLEM };
}
