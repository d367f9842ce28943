import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Seen from src/ and from dist/ alike. */
export const SQL_DIRECTORY = fileURLToPath(new URL('../../../sql/', import.meta.url));

/** A named statement: prepared once a connection, planned by its text. */
export interface Statement {
	readonly name: string;
	readonly text: string;
}

/** Every statement, by the name of its file without `.sql`. Read once, when the module is loaded. */
const STATEMENTS: ReadonlyMap<string, Statement> = new Map(
	readdirSync(`${SQL_DIRECTORY}statements`)
		.filter((file) => file.endsWith('.sql'))
		.map((file) => {
			const name = file.slice(0, -'.sql'.length);
			return [name, { name, text: readFileSync(`${SQL_DIRECTORY}statements/${file}`, 'utf8') }];
		}),
);

export function statement(name: string): Statement {
	const found = STATEMENTS.get(name);
	if (found === undefined) throw new Error(`bug: there is no sql/statements/${name}.sql`);
	return found;
}
