import { refuse } from '../refusals.ts';
import type { Answered, RollbackPlan, SubmitRequest } from '../services.ts';
import { rollbackPlan } from './command-result.ts';
import { type HandleDependencies, targetInstance } from './handle-command.ts';
import type { LiveInstances } from './live-instance.ts';
import { type StepDependencies, stepCommand } from './step-command.ts';

export interface PreviewDependencies
	extends StepDependencies,
		Pick<HandleDependencies, 'instanceOf' | 'instanceOfRollback'> {
	readonly live: LiveInstances;
}

/** Takes the step that the rollback would take, on the state as it is committed now, and keeps only its description. */
export async function previewRollback(
	deps: PreviewDependencies,
	{ tenant, target, command }: SubmitRequest,
): Promise<Answered<RollbackPlan>> {
	if (command.type !== 'roll-back') throw new Error(`bug: a preview of ${command.type}`);
	const found = await targetInstance(deps, tenant, target);
	if (!found.ok) return found;
	const id = found.value;
	const committed = await deps.live.read(tenant, id);
	if (committed === null) return { ok: false, refusal: refuse('instance-unknown', { instance: id }) };

	const subject = { committed, state: committed.state, uncommitted: [] };
	const stepped = await stepCommand(deps, subject, { ...command, rollback: '' });
	if (stepped.kind === 'refused') return { ok: false, refusal: stepped.refusal };
	const { events, state: after, answers } = stepped;
	const plan = rollbackPlan({ model: committed.model, before: committed.state, events, after, answers });
	if (plan === null) throw new Error('bug: a rollback was accepted and is not among its events');
	return {
		ok: true,
		value: { ...plan, rollback: null, reopened: plan.reopened.map((task) => ({ ...task, id: null })) },
	};
}
