import pg from 'pg';
import { StorageUnavailable } from '../storage-errors.ts';

/**
 * The codes of what ends a connection, or keeps it from beginning: the connection itself (08), timeouts of a session or its
 * transaction (25P03, 25P04), who may connect (28), to what (3D), too many of them (53300), intervention (57P).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const ENDS_CONNECTION = /^(08|25P03|25P04|28|3D|53300|57P)/;

/**
 * An English word is decisive. Any other one is in the language of the server (lc_messages) and says nothing, so the code
 * decides: the word that is never translated is field V, which the driver leaves out; what it calls severity is field S.
 * https://www.postgresql.org/docs/current/protocol-error-fields.html
 */
function endsConnection({ severity, code = '' }: pg.DatabaseError): boolean {
	if (severity === 'ERROR') return false;
	return severity === 'FATAL' || severity === 'PANIC' || ENDS_CONNECTION.test(code);
}

/** The server's own report of an error, with the connection still good; null where there is none. */
function reportOf(error: unknown): pg.DatabaseError | null {
	return error instanceof pg.DatabaseError && !endsConnection(error) ? error : null;
}

/** True where the server said that the statement failed: it was rolled back and the connection can go on. */
export function isReported(error: unknown): boolean {
	return reportOf(error) !== null;
}

/**
 * serialization_failure and deadlock_detected: nothing is wrong with the statement, it lost a race. So did a row on its way to
 * steps_rest while its month was made (check_violation).
 */
export function isRetryable(error: unknown): boolean {
	const { code, table } = reportOf(error) ?? {};
	return code === '40001' || code === '40P01' || (code === '23514' && table === 'steps_rest');
}

export function isUniqueViolation(error: unknown, table: string): boolean {
	const report = reportOf(error);
	return report?.code === '23505' && report.table === table;
}

/**
 * True where the values of some row are to blame, so that the other rows of a batch would go through alone: cardinality,
 * data, constraint and limit errors (SQLSTATE classes 21, 22, 23, 54).
 */
export function isCausedByData(error: unknown): boolean {
	// What is too long for a text of JavaScript has not even been sent.
	return error instanceof RangeError || /^(21|22|23|54)/.test(reportOf(error)?.code ?? '');
}

/**
 * True where a statement ended because it waited for somebody's lock, or took too long, or somebody ended it
 * (lock_not_available, query_canceled): a part of its rows may go through, and nothing was written.
 */
export function isHeldUp(error: unknown): boolean {
	const code = reportOf(error instanceof StorageUnavailable ? error.cause : error)?.code;
	return code === '55P03' || code === '57014';
}

/**
 * Bugs stay what they are; whatever says that the database cannot do it now becomes StorageUnavailable: connections (08),
 * a standby (25006), lost races beyond all retries (40), no room (53), locks (55P03), intervention (57), the system (58).
 */
export function asUnavailable(error: unknown): unknown {
	const code = reportOf(error)?.code;
	if (code !== undefined && !/^(08|25006|40|53|55P03|57|58)/.test(code)) return error;
	return new StorageUnavailable('The database cannot be used now.', error);
}
