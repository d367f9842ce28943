import pg from 'pg';
import { TEMPLATE_USER } from './template.ts';

/**
 * The statements that copy what a command wrote, any number of times, inside the database. They are made from the rows
 * themselves: whatever table or column a migration adds is copied too. In every value ids are moved to ids of the copy,
 * moments to its own time, and the user of the template becomes one of many.
 *
 * Parameters: $1 the first of the copies and $2 the one after the last, by number; $3 the first id; $4 the moment of copy
 * 0 and $5 the milliseconds from one to the next; $6 how many users.
 */
export interface Copies {
	readonly statements: readonly string[];
	/** Ids that each copy takes. */
	readonly stride: number;
	/** Rows of the table `steps` in each copy. */
	readonly steps: number;
}

export type CopyParameters = readonly [
	first: number,
	end: number,
	firstId: number,
	firstAt: number,
	msBetween: number,
	users: number,
];

/** Later than the template's first moment by less than this is a moment of the template. */
const TEMPLATE_MS = 10 * 60_000;
/** More ids than any template has. */
const MAX_STRIDE = 1_000;
const NUMBER = /(?<!\d)(?:\d{16}|\d{13})(?!\d)/g;

interface TemplateRows {
	readonly table: string;
	readonly columns: readonly Column[];
	readonly rows: readonly (readonly (string | null)[])[];
}

interface Column {
	readonly name: string;
	readonly type: string;
}

/** Of an instance and all that belongs to it. */
export async function copiesOfInstance(client: pg.ClientBase, tenant: string, instance: string): Promise<Copies> {
	const tables = await tablesWith(client, 'instance_id');
	const all = [await readRows(client, 'instances', tenant, 'id', instance)];
	for (const table of tables) all.push(await readRows(client, table, tenant, 'instance_id', instance));
	const found = all.filter(({ rows }) => rows.length > 0);
	const firstId = Number(instance);
	const firstAt = Number(cellOf(found[0], 'started_at'));
	const stride =
		1 +
		Math.max(
			...numbersIn(found)
				.filter(isIdFrom(firstId))
				.map((id) => id - firstId),
		);
	const steps = found.find(({ table }) => table === 'steps')?.rows.length ?? 0;
	return { statements: found.map((rows) => copyStatement(rows, { firstId, firstAt, stride })), stride, steps };
}

/** Of the user of the templates. */
export async function copiesOfUser(client: pg.ClientBase, tenant: string): Promise<string> {
	const rows = await readRows(client, 'users', tenant, 'id', TEMPLATE_USER);
	return `${copyStatement(rows, { firstId: 0, firstAt: 0, stride: 0 })} ON CONFLICT DO NOTHING`;
}

async function tablesWith(client: pg.ClientBase, column: string): Promise<readonly string[]> {
	const { rows } = await client.query<{ table: string }>(
		`SELECT c.relname AS table
		FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			AND a.attname = $1 AND NOT a.attisdropped
		ORDER BY 1`,
		[column],
	);
	return rows.map(({ table }) => table);
}

async function readRows(
	client: pg.ClientBase,
	table: string,
	tenant: string,
	key: string,
	value: string,
): Promise<TemplateRows> {
	const { rows: columns } = await client.query<Column>(
		`SELECT attname AS name, format_type(atttypid, atttypmod) AS type
		FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
		ORDER BY attnum`,
		[table],
	);
	const texts = columns.map(({ name }) => `${pg.escapeIdentifier(name)}::text`).join();
	const { rows } = await client.query<(string | null)[]>({
		text: `SELECT ${texts} FROM ${table} WHERE tenant_id = $1 AND ${key}::text = $2`,
		values: [tenant, value],
		rowMode: 'array',
	});
	return { table, columns, rows };
}

function cellOf(found: TemplateRows | undefined, column: string): string {
	const value = found?.rows[0]?.[found.columns.findIndex(({ name }) => name === column)];
	if (value === undefined || value === null) throw new Error(`bug: the template has no ${column}`);
	return value;
}

function numbersIn(found: readonly TemplateRows[]): readonly number[] {
	return found
		.flatMap(({ rows }) => rows.flat())
		.flatMap((text) => [...(text ?? '').matchAll(NUMBER)].map(([number]) => Number(number)));
}

function isIdFrom(firstId: number): (number: number) => boolean {
	return (number) => number >= firstId && number < firstId + MAX_STRIDE;
}

interface Origin {
	readonly firstId: number;
	readonly firstAt: number;
	readonly stride: number;
}

/** `i` has for each copy its first id, its moment and its user; `OFFSET 0` computes them once. */
function copyStatement({ table, columns, rows }: TemplateRows, origin: Origin): string {
	const names = columns.map(({ name }) => pg.escapeIdentifier(name)).join();
	const values = rows.map(
		(row) => `(${row.map((value, index) => expressionOf(value, columns[index]?.type ?? 'text', origin)).join()})`,
	);
	return `INSERT INTO ${table} (${names})
		SELECT v.*
		FROM (
			SELECT
				$3::bigint + (n - $1) * ${origin.stride} AS id, $4::bigint + n * $5::bigint AS at,
				'seed-' || n % $6::bigint AS person
			FROM generate_series($1::bigint, $2::bigint - 1) AS n
			OFFSET 0
		) AS i
		CROSS JOIN LATERAL (VALUES ${values.join()}) AS v (${names})`;
}

/** A value as SQL: its text, with what each copy has of its own in between. */
function expressionOf(value: string | null, type: string, { firstId, firstAt }: Origin): string {
	if (value === null) return `NULL::${type}`;
	const isId = isIdFrom(firstId);
	const parts: string[] = [];
	let end = 0;
	const own = new RegExp(`${NUMBER.source}|${TEMPLATE_USER}`, 'g');
	for (const { 0: found, index } of value.matchAll(own)) {
		const number = Number(found);
		const part =
			found === TEMPLATE_USER
				? 'person'
				: isId(number)
					? `(id + ${number - firstId})`
					: number >= firstAt && number < firstAt + TEMPLATE_MS
						? `(at + ${number - firstAt})`
						: null;
		if (part === null) continue;
		if (index > end) parts.push(pg.escapeLiteral(value.slice(end, index)));
		parts.push(part);
		end = index + found.length;
	}
	if (end < value.length || parts.length === 0) parts.push(pg.escapeLiteral(value.slice(end)));
	return `(${parts.join(' || ')})::${type}`;
}
