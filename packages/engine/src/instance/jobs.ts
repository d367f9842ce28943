import type { CompleteJob, ThrowJobError } from '../commands.ts';
import { lookup } from '../lookup.ts';
import { endOfActivity } from '../nodes/activity.ts';
import { throwError } from '../nodes/throw.ts';
import { reject } from '../rejections.ts';
import { nodeAt } from '../scopes.ts';
import type { Token } from '../state.ts';
import { whyNotVariables } from '../tasks/variables.ts';
import type { TokenId, Variables } from '../terms.ts';
import { isStop, refused, type Stop, type Work, withWrites } from '../work.ts';

/** A worker has done the work of a service task. */
export function completeJob(work: Work, { token: id, variables }: CompleteJob): Stop | null {
	const token = findJob(work, id, variables);
	if (isStop(token)) return token;
	const node = nodeAt(work, token);
	const effect = node.kind === 'serviceTask' ? { effect: node.effect } : {};
	const { scope } = token;
	work.fire({ kind: 'complete', node: node.id, scope, ...endOfActivity(work, token), write: variables, ...effect });
	return null;
}

/** The work ended in a BPMN error, which is caught around the service task, or ends the process. */
export function throwJobError(work: Work, { token: id, code, variables }: ThrowJobError): Stop | null {
	const token = findJob(work, id, variables);
	if (isStop(token)) return token;
	const around = withWrites(work, token.scope, variables);
	const firing = throwError(around, nodeAt(work, token).id, token, code, token);
	if (firing === null) return refused(reject('error-not-caught', { code }));
	if (isStop(firing)) return firing;
	work.fire({ ...firing, write: variables });
	return null;
}

function findJob(work: Work, id: TokenId, variables: Variables): Token | Stop {
	const stop = whyNotVariables(variables);
	if (stop !== null) return stop;
	const token = lookup(work.state.tokens, id);
	return token?.arm?.kind === 'job' ? token : refused(reject('job-unknown', { token: String(id) }));
}
