import { cutText } from '@sendback/engine/cut-text.ts';
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';

/** Lets a route's typebox schemas give the types of its body, query and path. */
export interface TypeboxProvider extends FastifyTypeProvider {
	readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
	readonly serializer: unknown;
}

/** One value of a request that is not as its schema says. */
export interface FieldProblem {
	/** Where: `opinion`, `cc_user_ids.0`. */
	readonly field: string;
	/** What is expected there. */
	readonly description: string;
	/** What was given, as text; empty where it is missing. */
	readonly value: string;
}

/** Thrown by the validator through the framework, to the error handler of the API that the route belongs to. */
export class InvalidRequest extends Error {
	readonly problems: readonly FieldProblem[];
	constructor(problems: readonly FieldProblem[]) {
		super('The request is not as its schema says.');
		this.problems = problems;
	}
}

/** Checks with typebox itself: one library for validation, types and OpenAPI, and no coercion. */
export const typeboxCompiler: FastifySchemaCompiler<TSchema> = ({ schema }) => {
	const validator = Compile(schema);
	return (value: unknown) => {
		if (validator.Check(value)) return { value };
		const problems = fieldProblems(schema, value, validator.Errors(shortened(value)));
		// What is wrong may come after the beginnings.
		const all = problems.length > 0 ? problems : fieldProblems(schema, value, validator.Errors(value));
		return { error: new InvalidRequest(all) };
	};
};

const MAX_PROBLEMS = 50;
const MAX_VALUE_LENGTH = 200;
/** One more than the longest list that there may be, so that it is still seen which is too long. */
const MAX_LOOKED_AT = 10_001;

/** With the beginnings of its lists: to say what is wrong with each of half a million entries takes seconds. */
function shortened(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return beginningOf(value);
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, beginningOf(member)]));
}

function beginningOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.slice(0, MAX_LOOKED_AT);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value);
	return entries.length > MAX_LOOKED_AT ? Object.fromEntries(entries.slice(0, MAX_LOOKED_AT)) : value;
}

/** One problem a field: of a union, every branch complains; what is expected there is said once. */
export function fieldProblems(
	schema: TSchema,
	root: unknown,
	errors: readonly TLocalizedValidationError[],
): readonly FieldProblem[] {
	const problems = new Map<string, FieldProblem>();
	for (const error of errors) {
		const base = error.instancePath.split('/').slice(1).map(unescapePointer);
		const missing = error.keyword === 'required' ? error.params.requiredProperties : null;
		for (const path of missing === null ? [base] : missing.map((name) => [...base, name])) {
			const field = path.join('.');
			if (problems.has(field) || problems.size >= MAX_PROBLEMS) continue;
			const expected = expectation(schemaAt(schema, path));
			problems.set(field, {
				field,
				description: missing === null ? `expected ${expected}` : `${field} is required: ${expected}`,
				value: missing === null ? asText(valueAt(root, path)) : '',
			});
		}
	}
	return [...problems.values()];
}

function unescapePointer(part: string): string {
	return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** JSON Schema as the plain data that it is; typebox types its nodes one by one. */
interface SchemaNode {
	readonly type?: string;
	readonly description?: string;
	readonly const?: unknown;
	readonly anyOf?: readonly SchemaNode[];
	readonly properties?: Readonly<Record<string, SchemaNode>>;
	readonly items?: SchemaNode;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly minLength?: number;
	readonly maxLength?: number;
}

function schemaAt(schema: SchemaNode, path: readonly string[]): SchemaNode {
	let node: SchemaNode | undefined = schema;
	for (const part of path) node = node?.properties?.[part] ?? node?.items;
	return node ?? {};
}

function valueAt(root: unknown, path: readonly string[]): unknown {
	let value: unknown = root;
	for (const part of path) {
		if (typeof value !== 'object' || value === null) return undefined;
		value = Object.entries(value).find(([key]) => key === part)?.[1];
	}
	return value;
}

/** In words, what a schema asks for; its own description where it has one. */
function expectation(node: SchemaNode): string {
	if (node.description !== undefined) return node.description;
	if (node.const !== undefined) return JSON.stringify(node.const);
	if (node.anyOf !== undefined) return node.anyOf.map(expectation).join(' or ');
	switch (node.type) {
		case 'array': {
			const bounds = [node.minItems ?? 0, node.maxItems].filter((bound) => bound !== undefined).join(' to ');
			return `a list of ${bounds} items, each ${expectation(node.items ?? {})}`;
		}
		case 'string':
			if (node.maxLength === undefined) return node.minLength === undefined ? 'a string' : 'a string, not empty';
			return `a string of ${node.minLength ?? 0} to ${node.maxLength} characters`;
		case 'integer':
			return 'a whole number';
		case 'object':
			return 'an object';
		case 'boolean':
			return 'true or false';
		default:
			return node.type ?? 'something else';
	}
}

function asText(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
	return text.length > MAX_VALUE_LENGTH ? `${cutText(text, MAX_VALUE_LENGTH)}…` : text;
}
