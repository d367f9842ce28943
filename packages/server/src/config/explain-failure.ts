import { EmbeddedPostgresError } from '../storage/embedded/embedded-postgres-error.ts';
import { DistributeError } from '../storage/postgres/distribute.ts';
import { MigrationError } from '../storage/postgres/migrate.ts';

const DATABASE_AWAY = /^(08|57P0|53300|28|3D000)/;
const NETWORK_AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** The driver's own words, as these errors have no code. */
const NO_ANSWER = /^timeout expired$|^Connection terminated due to connection timeout$/;

/** Why something could not start, in one line for the person at the terminal, with what to do about it. */
export function explainFailure(error: unknown): string {
	if (error instanceof EmbeddedPostgresError) return `${error.message} [${error.code}] ${error.hint}`;
	if (error instanceof MigrationError || error instanceof DistributeError) return error.message;
	const code = codeOf(error);
	const reason = error instanceof Error ? firstReason(error) : String(error);
	if (code === 'EADDRINUSE') return `${reason}. Something else uses this port: set PORT to another one.`;
	if (code === 'EACCES' && isListening(error))
		return `${reason}. This user may not listen there: set PORT to 1024 or more.`;
	if (code === 'EADDRNOTAVAIL') return `${reason}. HOST is no address of this machine.`;
	if (DATABASE_AWAY.test(code) || NETWORK_AWAY.has(code) || NO_ANSWER.test(reason)) {
		return `The database of DATABASE_URL cannot be reached: ${reason}.`;
	}
	return reason;
}

/** One of several processes is told of it as of `bind`. */
function isListening(error: unknown): boolean {
	return error instanceof Error && 'syscall' in error && ['listen', 'bind'].includes(String(error.syscall));
}

function codeOf(error: unknown): string {
	if (!(error instanceof Error)) return '';
	if ('code' in error && typeof error.code === 'string') return error.code;
	return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
}

/** A connection tried on several addresses fails with all of their errors and no message of its own. */
function firstReason(error: Error): string {
	if (error.message !== '') return error.message;
	const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
	return first instanceof Error ? first.message : error.name;
}
