import type { CancelInstance } from '../commands.ts';
import { contentsOfScope } from '../scopes.ts';
import { whyNotAdmin } from '../tasks/assignments.ts';
import type { Stop, Work } from '../work.ts';

/** cancel 撤销: by the initiator or an administrator; ends the instance and everything open in it. */
export function cancelInstance(work: Work, { user, opinion }: CancelInstance): Stop | null {
	const stop = user === work.state.initiator ? null : whyNotAdmin(work, user);
	if (stop !== null) return stop;
	const { tokens: consume, scopes: closes } = contentsOfScope(work.state, 0);
	work.fire({ kind: 'cancel', node: work.model.id, scope: 0, consume, produce: [], closes });
	work.record({ type: 'InstanceEnded', status: 'canceled', user, opinion });
	return null;
}
