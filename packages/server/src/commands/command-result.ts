import { describeRollback } from '@sendback/engine/causality/describe-rollback.ts';
import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { type Answers, questionKey } from '@sendback/engine/questions.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { CommandResult, InstanceId, RollbackPlan } from '../services.ts';

export interface AcceptedCommand {
	readonly model: ProcessModel;
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly after: InstanceState;
	readonly answers: Answers;
}

/** What the caller is told once the command is committed. */
export function commandResult(instance: InstanceId, command: AcceptedCommand): CommandResult {
	const { events, after } = command;
	const opened = events
		.flatMap((event) =>
			event.type === 'TaskOpened' ? [event.task] : event.type === 'RolledBack' ? [event.reopened] : [],
		)
		.filter(({ id }) => after.tasks[id] !== undefined)
		.map(({ id, node }) => ({ id, node }));
	return { instance, status: after.status, repeated: false, opened, rollback: rollbackPlan(command) };
}

/** What the rollback among the events did; null where there is none. */
export function rollbackPlan({ model, before, events, after, answers }: AcceptedCommand): RollbackPlan | null {
	const rolledBack = events.find((event): event is RolledBack => event.type === 'RolledBack');
	if (rolledBack === undefined || before === null) return null;
	const answer = answers.get(questionKey({ kind: 'log-from', task: rolledBack.to.task }));
	const log = answer?.kind === 'log-from' ? (answer.log?.events ?? []) : [];
	const description = describeRollback(model, before, after, log, rolledBack);
	return { rollback: rolledBack.rollback, ...description, barriers: [] };
}
