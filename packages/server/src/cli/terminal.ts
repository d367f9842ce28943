/** Where a command writes: results to people and pipes, everything else to the side. */
export interface Terminal {
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;
}

export const TERMINAL: Terminal = {
	print: (text) => void process.stdout.write(`${text}\n`),
	printError: (text) => void process.stderr.write(`${text}\n`),
};

let failure: Error | null = null;
// A disk is full, or nobody reads: without listeners that would end the process, a server too, with a stack trace.
process.stdout.on('error', (error) => {
	failure ??= error;
});
process.stderr.on('error', () => undefined);

/** Why what was printed did not get out, as soon as that is known; null where it did. */
export async function whyNotPrinted(): Promise<string | null> {
	await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
	return failure === null ? null : failure.message;
}
