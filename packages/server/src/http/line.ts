/**
 * How long the line is served, as a part of the time that everything else took since: a fifth of all time. Under twice the
 * load that is enough for all who have to be turned away (docs/performance.md).
 */
const SHARE = 1 / 4;

export interface Line {
	/** @param serve runs at the end of this turn of the event loop, or of a later one where others wait already */
	join(serve: () => void): void;
}

interface LineDependencies {
	/** Milliseconds, from anywhere. */
	readonly now: () => number;
	readonly atEndOfTurn: (run: () => void) => void;
}

/**
 * Those who will be turned away wait here, the first first, so that to answer them never takes all of the time. Without it a
 * server that is asked for four times what it can do does nothing else any more (receive livelock; Mogul and Ramakrishnan,
 * "Eliminating receive livelock in an interrupt-driven kernel", 1997). Who waits asks for nothing more meanwhile: a crowd
 * becomes as slow as it has to be.
 */
export function createLine({ now, atEndOfTurn }: LineDependencies): Line {
	let waiting: (() => void)[] = [];
	let leftAt = now();

	function serve(): void {
		const begin = now();
		const end = begin + (begin - leftAt) * SHARE;
		let served = 0;
		// At least one, whatever the clock says.
		do waiting[served++]?.();
		while (served < waiting.length && now() < end);
		waiting = waiting.slice(served);
		leftAt = now();
		if (waiting.length > 0) atEndOfTurn(serve);
	}

	return {
		join(answer) {
			if (waiting.length === 0) atEndOfTurn(serve);
			waiting.push(answer);
		},
	};
}
