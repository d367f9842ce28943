/**
 * The database cannot be used now: it is away, stopping, read-only or out of room. Nothing was written. `code` is the
 * SQLSTATE of a connection exception, so that whoever tells outages from bugs needs no list of our classes.
 */
export class StorageUnavailable extends Error {
	readonly code: string = '08000';

	constructor(message: string, cause: unknown) {
		super(message, { cause });
		this.name = 'StorageUnavailable';
	}
}

/**
 * The connection broke while a commit was under way: it may have happened or not. The caller must not be told either;
 * a repeat with the same idempotency key finds out.
 */
export class CommitOutcomeUnknown extends StorageUnavailable {
	/** transaction_resolution_unknown */
	override readonly code = '08007';

	constructor(cause: unknown) {
		super('The connection to the database broke before it confirmed a commit.', cause);
		this.name = 'CommitOutcomeUnknown';
	}
}
