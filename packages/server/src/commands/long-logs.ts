/** Of one command: before it reads a long log, and when it has been decided. */
export interface LongLogTurn {
	/** Waits until no other command has a long log; false where too many wait already. */
	take(): Promise<boolean>;
	/** Lets the next one have its log; nothing where no turn was taken. */
	end(): void;
}

/** Each keeps one of the places for commands that are under way, and a log can take seconds. */
const MAX_WAITING = 16;

/**
 * Long logs are in memory one at a time. As events a log takes several times its bytes, and stays until the command that
 * asked for it is decided: many at once would be more than the process has.
 */
export class LongLogs {
	#last: Promise<void> = Promise.resolve();
	#waiting = 0;

	turn(): LongLogTurn {
		let end: (() => void) | null = null;
		return {
			take: async () => {
				if (end !== null) return true;
				if (this.#waiting === MAX_WAITING) return false;
				const before = this.#last;
				this.#last = new Promise((resolve) => {
					end = resolve;
				});
				this.#waiting++;
				await before;
				this.#waiting--;
				return true;
			},
			end: () => end?.(),
		};
	}
}
