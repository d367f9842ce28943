import { atEndOfTurn } from '../end-of-turn.ts';
import { type Refusal, refuse } from '../refusals.ts';
import type { Answered, CommandResult, CommandService } from '../services.ts';
import { type HandleDependencies, handleCommand } from './handle-command.ts';
import { type PreviewDependencies, previewMigration, previewRollback } from './preview.ts';

/** Commands taken and not yet answered. At 2,500 a second the last one waits less than half a second. */
export const MAX_COMMANDS = 1_024;

export function createCommandService(deps: HandleDependencies & PreviewDependencies): CommandService {
	let taken = 0;
	/** Let in during this turn of the event loop, and on their way to `take`. */
	let expected = 0;
	let isDraining = false;
	let drained: () => void = () => undefined;

	function whyNot(before: number): Refusal | null {
		if (isDraining) return { ...refuse('shutting-down'), retryAfterSeconds: 5 };
		return before < MAX_COMMANDS ? null : { ...refuse('too-busy'), retryAfterSeconds: 1 };
	}

	/** Without counting who is on the way, hundreds that come in one turn would all be let in, and be refused by `take`. */
	function letIn(): Refusal | null {
		const refusal = whyNot(taken + expected);
		if (refusal !== null) return refusal;
		if (expected === 0) {
			atEndOfTurn('decide', () => {
				expected = 0;
			});
		}
		expected++;
		return null;
	}

	async function take<Value>(run: () => Promise<Answered<Value>>): Promise<Answered<Value>> {
		const refusal = whyNot(taken);
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
		letIn,
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
