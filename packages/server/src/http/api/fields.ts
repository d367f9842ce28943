import { DIRECTORY_ID } from '@sendback/engine/directory-ids.ts';
import type { InstanceStatus } from '@sendback/engine/state.ts';
import Type from 'typebox';
import type { TaskStatus } from '../../services.ts';

/** Fields of the native API that several calls share. */
export const UserId = Type.String({
	pattern: DIRECTORY_ID,
	description: 'a user id: 1 to 64 letters, digits and _ . @ -, beginning with a letter or digit',
});

export const GroupId = Type.String({
	pattern: DIRECTORY_ID,
	description: 'a group id: 1 to 64 letters, digits and _ . @ -, beginning with a letter or digit',
});

export const Namespace = Type.String({
	pattern: '^[A-Za-z][A-Za-z0-9_-]{0,62}$',
	description: 'a namespace: 1 to 63 letters, digits and _ -, beginning with a letter',
});

export const FlowId = Type.String({
	pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,127}$',
	description: 'a flow id: 1 to 128 letters, digits and _ . -, beginning with a letter or _',
});

export const DecisionId = Type.String({
	pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,127}$',
	description: 'a decision id: 1 to 128 letters, digits and _ . -, beginning with a letter or _',
});

/** Of a flow or a decision. */
export const VersionQuery = Type.Object({
	version: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'a version; absent: the latest' })),
});

/** In a path. What is no id at all names nothing, and is answered as unknown. */
export const PathId = Type.String({ description: 'a decimal string of at most 16 digits' });

/** In a body. */
export const DecimalId = Type.String({ maxLength: 64, description: 'a decimal string of at most 16 digits' });

export const Opinion = Type.String({ maxLength: 4000, description: 'a string of at most 4000 characters' });

/** Not a record of anything: for that each name would be matched, and a body can have more than a hundred thousand. */
export const Variables = Type.Unsafe<Readonly<Record<string, unknown>>>({
	type: 'object',
	description: 'an object: names of variables and their JSON values',
});

/** As a message or signal is called in the models. */
export const EventName = Type.String({ minLength: 1, maxLength: 255 });

/** A business key or correlation key. */
export const Key = Type.String({ minLength: 1, maxLength: 255 });

export const WorkerId = Type.String({
	minLength: 1,
	maxLength: 255,
	description: 'the name of a worker: 1 to 255 characters, the same in every call of it',
});

export const Retries = Type.Integer({ minimum: 0, maximum: 1000, description: 'a whole number from 0 to 1000' });

export const UserIds = Type.Array(UserId, { maxItems: 500, description: 'a list of at most 500 user ids' });

export const Time = Type.String({ description: 'a time in ISO 8601, UTC' });

const INSTANCE_STATUSES = {
	in_process: true,
	agreed: true,
	rejected: true,
	completed: true,
	canceled: true,
} as const satisfies Record<InstanceStatus, true>;

export const InstanceStatusWord = wordOf(INSTANCE_STATUSES);

export const TaskStatusWord = wordOf({ ...INSTANCE_STATUSES, rollback: true } satisfies Record<TaskStatus, true>);

/** One of the names of a record, which is to satisfy the type that they are of: a list would not say that one is missing. */
export function wordOf<Word extends string>(words: Readonly<Record<Word, unknown>>, options: Type.TSchemaOptions = {}) {
	return Type.Union(
		Object.keys(words).map((word) => Type.Literal(word)),
		options,
	);
}

export function nullable<T extends Type.TSchema>(schema: T) {
	return Type.Union([schema, Type.Null()]);
}
