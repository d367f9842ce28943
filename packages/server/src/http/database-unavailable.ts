/** SQLSTATE classes and network errors that mean: the database cannot be asked right now, and may be later. */
const SQLSTATES = /^(08|57P0|53300|53400)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);
/** The driver gives these no code. */
const DRIVER_MESSAGES =
	/^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;

/** True where an error says that the database is away, rather than that there is a bug. */
export function isDatabaseUnavailable(error: unknown): boolean {
	for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
		const code = 'code' in cause ? cause.code : undefined;
		if (typeof code === 'string' && (SQLSTATES.test(code) || NETWORK.has(code))) return true;
		// The Unix socket of a database that is down does not exist.
		if (code === 'ENOENT' && 'syscall' in cause && cause.syscall === 'connect') return true;
		if (DRIVER_MESSAGES.test(cause.message)) return true;
		if (cause instanceof AggregateError && cause.errors.some(isDatabaseUnavailable)) return true;
	}
	return false;
}
