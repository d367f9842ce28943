import { atEndOfTurn } from '../end-of-turn.ts';
import { type Refusal, refuse, SHUTTING_DOWN } from '../refusals.ts';
import type { Answered, CommandResult, CommandService } from '../services.ts';
import { type HandleDependencies, handleCommand } from './handle-command.ts';
import { type PreviewDependencies, previewMigration, previewRollback } from './preview.ts';

/** Commands taken and not yet answered, at most. At 2,500 a second the last one waits less than half a second. */
const ROOM = 1_024;
/**
 * As many as are let in while it is crowded. A burst may fill the whole room; where the crowd stays, more of them inside are
 * done no sooner, and what each holds costs the collector the more, the more there are (docs/performance.md).
 */
const ROOM_IN_A_CROWD = 256;
/** A crowd is over when nobody was turned away for as long as those who were are told to wait. */
const CROWD_MS = 1_000;

export function createCommandService(deps: HandleDependencies & PreviewDependencies): CommandService {
	let taken = 0;
	/** Being read in this turn of the event loop, and on their way to `take`. */
	let expected = 0;
	let turnedAwayAt = Number.NEGATIVE_INFINITY;
	let isDraining = false;
	let drained: () => void = () => undefined;

	function whyNotNow(): Refusal | null {
		if (isDraining) return SHUTTING_DOWN;
		const inside = taken + expected;
		if (inside < ROOM_IN_A_CROWD) return null;
		if (inside < ROOM && performance.now() - turnedAwayAt > CROWD_MS) return null;
		return { ...refuse('too-busy'), retryAfterSeconds: CROWD_MS / 1_000 };
	}

	function turnedAway(): void {
		turnedAwayAt = performance.now();
	}

	/** Without counting who is on the way, hundreds that come in one turn would all be let in, and be refused by `take`. */
	function expect(): void {
		if (expected === 0) {
			atEndOfTurn('decide', () => {
				expected = 0;
			});
		}
		expected++;
	}

	async function take<Value>(run: () => Promise<Answered<Value>>): Promise<Answered<Value>> {
		const refusal = isDraining || taken >= ROOM ? whyNotNow() : null;
		if (refusal !== null) return { ok: false, refusal };
		taken++;
		try {
			return await run();
		} finally {
			taken--;
			if (taken === 0) drained();
		}
	}

	const handle = (request: Parameters<typeof handleCommand>[1]): Promise<Answered<CommandResult>> =>
		take(() => handleCommand(deps, request));

	return {
		whyNotNow,
		expect,
		turnedAway,
		start: handle,
		submit: handle,
		previewRollback: (request) => take(() => previewRollback(deps, request)),
		previewMigration: (request) => take(() => previewMigration(deps, request)),
		drain: () => {
			isDraining = true;
			if (taken === 0) return Promise.resolve();
			return new Promise((resolve) => {
				const before = drained;
				drained = () => {
					before();
					resolve();
				};
			});
		},
	};
}
