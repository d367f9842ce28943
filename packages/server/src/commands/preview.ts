import { refuse } from '../refusals.ts';
import type { Answered, CommandResult, MigratedInstance, RollbackPlan, SubmitRequest } from '../services.ts';
import { writeState } from '../storage/documents/documents.ts';
import { commandResult } from './command-result.ts';
import { type HandleDependencies, targetInstance } from './handle-command.ts';
import type { LiveInstances } from './live-instance.ts';
import { whyNotKept } from './state-limit.ts';
import { type StepDependencies, stepCommand, subjectOf } from './step-command.ts';

export interface PreviewDependencies
	extends StepDependencies,
		Pick<HandleDependencies, 'instanceOf' | 'instanceOfRollback'> {
	readonly live: LiveInstances;
}

export async function previewRollback(
	deps: PreviewDependencies,
	request: SubmitRequest,
): Promise<Answered<RollbackPlan>> {
	const answer = await preview(deps, request);
	if (!answer.ok) return barredPlan(answer) ?? answer;
	const { rollback } = answer.value;
	if (rollback === null) throw new Error('bug: a rollback was accepted and is not among its events');
	const reopened = rollback.reopened.map((task) => ({ ...task, id: null }));
	return { ok: true, value: { ...rollback, rollback: null, reopened } };
}

/**
 * What work that cannot be undone stands in the way: nothing else would happen. Null where it is refused for another
 * reason, a migration among them, which is no node.
 */
function barredPlan({ refusal: { barriers } }: Refused): Answered<RollbackPlan> | null {
	if (barriers === undefined) return null;
	const nothing = { reopened: [], closed: [], undone: [], kept: [], compensations: [] };
	return { ok: true, value: { rollback: null, ...nothing, barriers } };
}

export async function previewMigration(
	deps: PreviewDependencies,
	request: SubmitRequest,
): Promise<Answered<MigratedInstance>> {
	const answer = await preview(deps, request);
	if (!answer.ok) return answer;
	const { migration, opened } = answer.value;
	if (!migration) throw new Error('bug: a migration was accepted and is not among its events');
	return {
		ok: true,
		value: { ...answer.value, migration, opened: opened.map(({ node }) => ({ id: null, node })) },
	};
}

type Refused = Extract<Answered<unknown>, { ok: false }>;

/** Takes the step that the command would take, on the state as it is committed now, and keeps only what it would answer. */
async function preview(
	deps: PreviewDependencies,
	{ tenant, target, command }: SubmitRequest,
): Promise<Refused | Extract<Answered<CommandResult>, { ok: true }>> {
	if (command.type === 'undo-rollback') throw new Error(`bug: a preview of ${command.type}`);
	const found = await targetInstance(deps, tenant, target);
	if (!found.ok) return found;
	const id = found.value;
	const committed = await deps.live.read(tenant, id);
	if (committed === null) return { ok: false, refusal: refuse('instance-unknown', { instance: id }) };

	const complete = command.type === 'roll-back' ? { ...command, rollback: '' } : command;
	const turn = deps.longLogs.turn(tenant);
	try {
		const stepped = await stepCommand(deps, subjectOf(committed), complete, turn);
		if (stepped.kind === 'refused') return { ok: false, refusal: stepped.refusal };
		const { model, events, state: after, answers } = stepped;
		const refusal = whyNotKept(writeState(after), committed.state);
		if (refusal !== null) return { ok: false, refusal };
		return { ok: true, value: commandResult(id, { model, before: committed.state, events, after, answers }) };
	} finally {
		turn.end();
	}
}
