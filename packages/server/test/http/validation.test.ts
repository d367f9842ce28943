import type { FastifySchemaCompiler } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { UserIds, Variables } from '../../src/http/api/fields.ts';
import { type InvalidRequest, typeboxCompiler } from '../../src/http/validation.ts';

type Route = Parameters<FastifySchemaCompiler<TSchema>>[0];

const check = (schema: TSchema, value: unknown) => typeboxCompiler({ schema } as Route)(value);

/** Counts how often something in it is looked at. */
function watched<Value extends object>(value: Value): { readonly value: Value; readonly looks: () => number } {
	let looks = 0;
	const count = <Args extends unknown[], Result>(look: (...args: Args) => Result) => {
		return (...args: Args) => {
			looks++;
			return look(...args);
		};
	};
	const handler = {
		get: count(Reflect.get),
		has: count(Reflect.has),
		getOwnPropertyDescriptor: count(Reflect.getOwnPropertyDescriptor),
	};
	return { value: new Proxy(value, handler as ProxyHandler<Value>), looks: () => looks };
}

test('of a list that is much too long only the beginning is looked at to say what is wrong with it', () => {
	const { value, looks } = watched(Array.from({ length: 100_000 }, () => 'ann'));
	const answer = check(Type.Object({ user_ids: UserIds }), { user_ids: value });
	const { problems } = (answer as { error: InvalidRequest }).error;
	expect(problems).toContainEqual(
		expect.objectContaining({ field: 'user_ids', description: 'expected a list of at most 500 user ids' }),
	);
	// Each twice to see whether something is wrong and once to say what was given; what is wrong takes as much as that again.
	expect(looks()).toBeLessThan(350_000);
});

test('a hundred thousand variables are not looked at one by one', () => {
	const { value, looks } = watched(
		Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`v${index}`, index])),
	);
	const schema = Type.Object({ variables: Variables, name: Type.String() });
	expect(check(schema, { variables: value, name: 'x' })).toHaveProperty('value');
	expect(looks()).toBeLessThan(10);
	expect(check(schema, { variables: value })).toHaveProperty('error');
	expect(looks()).toBeLessThan(250_000);
});

test('a list is not an object, whatever the object would need', () => {
	const problem = { field: '', description: 'expected an object', value: '["x"]' };
	for (const name of [Type.String(), Type.Optional(Type.String())]) {
		const answer = check(Type.Object({ name }), ['x']);
		expect((answer as { error: InvalidRequest }).error.problems).toEqual([problem]);
	}
});

test('what is wrong after many entries that are not is still said', () => {
	const map = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`n${index}`, 'x']));
	const answer = check(Type.Object({ map: Type.Record(Type.String(), Type.String()) }), { map: { ...map, last: 5 } });
	expect((answer as { error: InvalidRequest }).error.problems).toMatchObject([{ field: 'map.last', value: '5' }]);
});
