import pg from 'pg';
import { type Environment, readConfig } from '../config/config.ts';
import { externalConnection } from '../config/database-connection.ts';
import { explainFailure } from '../config/explain-failure.ts';
import { runningConnection } from '../storage/embedded/connect-running.ts';
import { examineEmbedded, type Finding } from '../storage/embedded/examine-embedded.ts';
import { missingMigrations, readMigrations } from '../storage/postgres/migrate.ts';
import { PLANNER_SETTINGS, withSessionOptions } from '../storage/postgres/session-options.ts';
import { examinePort } from './examine-port.ts';
import type { Terminal } from './terminal.ts';

const LEAST_NODE = [20, 19] as const;
const LEAST_POSTGRES = 150_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Looks at everything that a start needs and changes nothing. Returns 1 where something is in the way. */
export async function doctorCommand(environment: Environment, { print }: Terminal): Promise<number> {
	const findings = [examineNode(process.versions.node), ...(await examineConfigured(environment))];
	for (const { ok, check, detail, hint } of findings) {
		print(`${ok ? '✓' : '✗'} ${check}: ${detail}`);
		if (!ok && hint !== undefined) print(`  ${hint}`);
	}
	const problems = findings.filter(({ ok }) => !ok).length;
	print(problems === 0 ? '\nEverything is in order.' : `\n${problems} of ${findings.length} checks failed.`);
	return problems === 0 ? 0 : 1;
}

export function examineNode(version: string): Finding {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const [leastMajor, leastMinor] = LEAST_NODE;
	const ok = major > leastMajor || (major === leastMajor && minor >= leastMinor);
	return { check: 'Node.js', ok, detail: version, hint: `Sendback needs ${LEAST_NODE.join('.')} or newer.` };
}

async function examineConfigured(environment: Environment): Promise<readonly Finding[]> {
	const configured = readConfig(environment);
	if (!configured.ok) return configured.problems.map((detail) => ({ check: 'configuration', ok: false, detail }));
	const { config } = configured;
	const running = config.databaseUrl === null ? await runningConnection(config.dataDir) : null;
	return [
		{ check: 'configuration', ok: true, detail: `${config.mode} mode, log level ${config.logLevel}` },
		// On a database of its own it cannot be known whether a server runs.
		await examinePort(config, running !== null || config.databaseUrl !== null),
		...(config.databaseUrl === null
			? await examineEmbedded(config.dataDir)
			: await examineDatabase(externalConnection(config.databaseUrl).connection)),
		...(running === null ? [] : await examineDatabase(running)),
	];
}

interface Settings {
	readonly version: number;
	readonly version_text: string;
	readonly fsync: string;
	readonly synchronous_commit: string;
	/** Those of the planner that are other than we set them. */
	readonly replaced: readonly string[];
	readonly role: string;
	/** Where tables are made; null where the search path leads nowhere. */
	readonly schema: string | null;
	readonly may_create: boolean | null;
}

const SETTINGS_QUERY = `SELECT current_setting('server_version_num')::int AS version,
	current_setting('server_version') AS version_text,
	current_setting('fsync') AS fsync,
	current_setting('synchronous_commit') AS synchronous_commit,
	ARRAY(
		SELECT name || ' ' || current_setting(name)
		FROM unnest($1::text[], $2::text[]) AS expected (name, value)
		WHERE current_setting(name) <> value
	) AS replaced,
	current_user::text AS role,
	current_schema()::text AS schema,
	has_schema_privilege(current_schema(), 'CREATE') AS may_create`;

async function examineDatabase(connection: pg.ClientConfig): Promise<readonly Finding[]> {
	try {
		return await examineSettings(connection);
	} catch (error) {
		const hint = 'Check DATABASE_URL, and that PostgreSQL runs and lets this machine in.';
		return [{ check: 'database', ok: false, detail: explainFailure(error), hint }];
	}
}

/** Making the client may fail too: it reads the files that the URL names. */
async function examineSettings(connection: pg.ClientConfig): Promise<readonly Finding[]> {
	const client = new pg.Client({ ...withSessionOptions(connection), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
	// The query under way fails by itself; without a listener the process would end.
	client.on('error', () => {});
	try {
		await client.connect();
		const { rows } = await client.query<Settings>(SETTINGS_QUERY, [
			Object.keys(PLANNER_SETTINGS),
			Object.values(PLANNER_SETTINGS),
		]);
		return [...rows.flatMap(findingsOf), ...rows.map(rightsOf), await examineMigrations(client)];
	} finally {
		await client.end().catch(() => {});
	}
}

function findingsOf(settings: Settings): readonly Finding[] {
	return [
		{
			check: 'database',
			ok: settings.version >= LEAST_POSTGRES,
			detail: `PostgreSQL ${settings.version_text}`,
			hint: 'Sendback needs PostgreSQL 15 or newer.',
		},
		{
			check: 'durability',
			ok: settings.fsync === 'on' && settings.synchronous_commit !== 'off',
			detail: `fsync ${settings.fsync}, synchronous_commit ${settings.synchronous_commit}`,
			hint: 'With either of them off, a crash loses answered work.',
		},
		{
			check: 'planner',
			ok: settings.replaced.length === 0,
			detail: settings.replaced.join(', ') || 'set as statements need it',
			hint:
				'Options of DATABASE_URL, or a pooler, keep what Sendback sets for its connections from coming there: ' +
				'statements are planned each time, or read whole tables.',
		},
	];
}

function rightsOf({ role, schema, may_create }: Settings): Finding {
	const hint = `${role} has to own the database, or a schema that its search_path names.`;
	if (schema === null) return { check: 'rights', ok: false, detail: 'no schema of the search_path is there', hint };
	const may = may_create === true ? 'may' : 'may not';
	return {
		check: 'rights',
		ok: may_create === true,
		detail: `${role} ${may} make tables in the schema ${schema}`,
		hint,
	};
}

async function examineMigrations(client: pg.Client): Promise<Finding> {
	const check = 'migrations';
	try {
		const migrations = readMigrations();
		const missing = (await missingMigrations(client, migrations)).length;
		if (missing === 0) return { check, ok: true, detail: `all ${migrations.length}` };
		const detail = missing === migrations.length ? 'none yet' : `${missing} of ${migrations.length} missing`;
		return { check, ok: true, detail: `${detail}; the next start makes them` };
	} catch (error) {
		return { check, ok: false, detail: explainFailure(error) };
	}
}
