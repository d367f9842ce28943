import { describeRollback } from '@sendback/engine/causality/describe-rollback.ts';
import type { EngineEvent, Resumed, RolledBack } from '@sendback/engine/events.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { Answers } from '@sendback/engine/questions.ts';
import type { InstanceState, OpenTask } from '@sendback/engine/state.ts';
import type { CommandResult, InstanceId, Resumption, RollbackPlan } from '../services.ts';

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
		.flatMap(openedBy)
		.filter(({ id }) => after.tasks[id] !== undefined)
		.map(({ id, node }) => ({ id, node }));
	const rollback = rollbackPlan(command);
	return { instance, status: after.status, repeated: false, opened, rollback, resumed: resumption(events) };
}

function openedBy(event: EngineEvent): readonly OpenTask[] {
	switch (event.type) {
		case 'TaskOpened':
			return [event.task];
		case 'RolledBack':
			return [...event.reopened, ...event.revived];
		case 'RollbackUndone':
			return event.rollback.closed;
		default:
			return [];
	}
}

function resumption(events: readonly EngineEvent[]): Resumption | null {
	const resumed = events.find((event): event is Resumed => event.type === 'Resumed');
	return resumed === undefined ? null : { kept: resumed.kept, stopped: resumed.stopped };
}

/** What the rollback among the events did; null where there is none. */
export function rollbackPlan({ model, before, events, after, answers }: AcceptedCommand): RollbackPlan | null {
	const rolledBack = events.find((event): event is RolledBack => event.type === 'RolledBack');
	if (rolledBack === undefined || before === null) return null;
	// By its kind: where a repeated task is returned to as a whole, the question names that, and the event one of its runs.
	const answer = [...answers.values()].find(({ kind }) => kind === 'log-from');
	const log = answer?.kind === 'log-from' ? (answer.log?.events ?? []) : [];
	const description = describeRollback(model, before, after, log, rolledBack);
	const compensations = rolledBack.compensations.map(({ node, topic }) => ({ node, topic }));
	return { rollback: rolledBack.rollback, ...description, barriers: [], compensations };
}
