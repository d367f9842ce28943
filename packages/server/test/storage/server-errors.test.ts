import pg from 'pg';
import { describe, expect, it } from 'vitest';
import {
	asUnavailable,
	isCausedByData,
	isHeldUp,
	isReported,
	isRetryable,
	isUniqueViolation,
} from '../../src/storage/postgres/server-errors.ts';
import { CommitOutcomeUnknown, StorageUnavailable } from '../../src/storage/storage-errors.ts';

function errorOf(severity: string, code: string): pg.DatabaseError {
	return Object.assign(new pg.DatabaseError('text', 1, 'error'), { severity, code, table: 'idempotency' });
}

/** What each language calls the severities ERROR, FATAL and PANIC in its messages. */
const LANGUAGES = [
	['English', 'ERROR', 'FATAL', 'PANIC'],
	['German', 'FEHLER', 'FATAL', 'PANIK'],
	['Chinese', '错误', '致命错误', '比致命错误还过分的错误'],
] as const;

describe.each(LANGUAGES)('an error that the server reports in %s', (_, error, fatal, panic) => {
	it.each(['23505', '22P02', '21000', '54000'])('is of the data where its code is %s', (code) => {
		expect(isCausedByData(errorOf(error, code))).toBe(true);
		expect(asUnavailable(errorOf(error, code))).not.toBeInstanceOf(StorageUnavailable);
	});

	it('is a key that is taken', () => {
		expect(isUniqueViolation(errorOf(error, '23505'), 'idempotency')).toBe(true);
		expect(isUniqueViolation(errorOf(error, '23505'), 'steps')).toBe(false);
	});

	it.each(['40001', '40P01'])('is a race that was lost where its code is %s', (code) => {
		expect(isRetryable(errorOf(error, code))).toBe(true);
	});

	it('is a race that was lost where a month was made meanwhile', () => {
		expect(isRetryable(Object.assign(errorOf(error, '23514'), { table: 'steps_rest' }))).toBe(true);
		expect(isRetryable(errorOf(error, '23514'))).toBe(false);
	});

	it.each(['25006', '53100', '55P03', '57014'])('leaves the connection as it is where its code is %s', (code) => {
		expect(isReported(errorOf(error, code))).toBe(true);
		expect(asUnavailable(errorOf(error, code))).toBeInstanceOf(StorageUnavailable);
	});

	it.each(['55P03', '57014'])('holds up some of a batch where its code is %s', (code) => {
		expect(isHeldUp(errorOf(error, code))).toBe(true);
		expect(isHeldUp(asUnavailable(errorOf(error, code)))).toBe(true);
		expect(isHeldUp(new CommitOutcomeUnknown(errorOf(fatal, '57P01')))).toBe(false);
	});

	it.each(['08006', '08P01', '25P03', '25P04', '28P01', '3D000', '53300', '57P01', '57P02', '57P03', '57P04', '57P05'])(
		'ends the connection where its code is %s',
		(code) => {
			for (const severity of [fatal, panic]) {
				expect(isReported(errorOf(severity, code))).toBe(false);
				expect(asUnavailable(errorOf(severity, code))).toBeInstanceOf(StorageUnavailable);
			}
		},
	);
});

it('is what the server says where it says it in English, whatever the code', () => {
	expect(isReported(errorOf('PANIC', '53100'))).toBe(false);
	expect(isReported(errorOf('FATAL', '40001'))).toBe(false);
	expect(isReported(errorOf('ERROR', '08P01'))).toBe(true);
});
