/** Where a command writes: results to people and pipes, everything else to the side. */
export interface Terminal {
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;
}

export const TERMINAL: Terminal = {
	print: (text) => void process.stdout.write(`${text}\n`),
	printError: (text) => void process.stderr.write(`${text}\n`),
};
