/** Says on stderr how far something is: one line that moves on a terminal, otherwise a line for each tenth. */
export interface Progress {
	advance(by: number): void;
	end(): void;
}

const WIDTH = 30;
const REDRAW_MS = 200;

export function showProgress(what: string, total: number): Progress {
	const { isTTY } = process.stderr;
	const startedAt = performance.now();
	let done = 0;
	let shownAt = 0;
	let tenths = 0;

	function line(): string {
		const share = total === 0 ? 1 : Math.min(1, done / total);
		const filled = Math.round(share * WIDTH);
		const seconds = (performance.now() - startedAt) / 1000;
		const left = share === 0 || share === 1 ? '' : `, ${Math.ceil((seconds / share) * (1 - share))} s left`;
		const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
		return `${what} ${bar} ${Math.floor(share * 100)} %  ${count(done)} of ${count(total)}, ${Math.round(seconds)} s${left}`;
	}

	function show(): void {
		if (isTTY) process.stderr.write(`\r\u001b[K${line()}`);
		else process.stderr.write(`${line()}\n`);
		shownAt = performance.now();
	}

	return {
		advance: (by) => {
			done += by;
			const tenth = Math.floor((done / total) * 10);
			if (isTTY ? performance.now() - shownAt < REDRAW_MS : tenth === tenths) return;
			tenths = tenth;
			show();
		},
		end: () => {
			if (isTTY) {
				show();
				process.stderr.write('\n');
			}
		},
	};
}

export function count(number: number): string {
	return Math.round(number).toLocaleString('en-US');
}
