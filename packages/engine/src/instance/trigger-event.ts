import type { TriggerEvent } from '../commands.ts';
import { lookup } from '../lookup.ts';
import { catchEvent } from '../nodes/catch-event.ts';
import { reject } from '../rejections.ts';
import { whyNotVariables } from '../tasks/variables.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';

/** A timer is due, or a message or a signal has come, for a token that waits for it. */
export function triggerEvent(work: Work, command: TriggerEvent): Stop | null {
	const stop = whyNotVariables(command.variables);
	if (stop !== null) return stop;
	const token = lookup(work.state.tokens, command.token);
	const arm = token?.arm;
	// Whoever finds that a timer is due may find it armed anew when its turn comes, or never to come again.
	const isDue = arm?.kind !== 'timer' || (arm.due !== null && arm.due <= work.now);
	if (token === undefined || arm === undefined || arm.kind === 'job' || !isDue) {
		return refused(reject('event-not-awaited', { token: String(command.token) }));
	}
	const firing = catchEvent(work, token, command.variables);
	if (isStop(firing)) return firing;
	work.fire(firing);
	return null;
}
