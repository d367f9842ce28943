import { describeRollback, nameOf } from '@sendback/engine/causality/describe-rollback.ts';
import type { EngineEvent, Resumed, RolledBack } from '@sendback/engine/events.ts';
import type { InstanceMigrated } from '@sendback/engine/migration/instance-migrated.ts';
import { isOwn } from '@sendback/engine/migration/move-tokens.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { sameTask } from '@sendback/engine/open-tasks.ts';
import type { Answers } from '@sendback/engine/questions.ts';
import { elementOf } from '@sendback/engine/scopes.ts';
import type { InstanceState, OpenTask, Token } from '@sendback/engine/state.ts';
import type { CommandResult, InstanceId, MigrationPlan, Resumption, RollbackPlan } from '../services.ts';

export interface AcceptedCommand {
	/** Of the state after it. */
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
		.filter((task) => sameTask(after, task) !== undefined)
		.map(({ id, node }) => ({ id, node }));
	const rollback = rollbackPlan(command);
	const migration = migrationPlan(command);
	return { instance, status: after.status, repeated: false, opened, rollback, resumed: resumption(events), migration };
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
function rollbackPlan({ model, before, events, after, answers }: AcceptedCommand): RollbackPlan | null {
	const rolledBack = events.find((event): event is RolledBack => event.type === 'RolledBack');
	if (rolledBack === undefined || before === null) return null;
	const description = describeRollback({ model, answers }, before, after, logFromTarget(answers), rolledBack);
	const compensations = rolledBack.compensations.map(({ node, topic }) => ({ node, topic }));
	return { rollback: rolledBack.rollback, ...description, barriers: [], compensations };
}

/** The log that a rollback was decided on. */
export function logFromTarget(answers: Answers): readonly EngineEvent[] {
	// By its kind: where a repeated task is returned to as a whole, the question names that, and the event one of its runs.
	const answer = [...answers.values()].find(({ kind }) => kind === 'log-from');
	return answer?.kind === 'log-from' ? (answer.log?.events ?? []) : [];
}

function migrationPlan({ model, before, events }: AcceptedCommand): MigrationPlan | null {
	const migrated = events.find((event): event is InstanceMigrated => event.type === 'InstanceMigrated');
	if (migrated === undefined || before === null) return null;
	const { from, to, seq } = migrated;
	const own = migrated.tokens.filter(({ scope }) => isOwn(before, scope));
	const moved = own.flatMap((token) => {
		const earlier = before.tokens[token.id];
		return earlier === undefined || /^(sink|done):/.test(earlier.place) ? [] : [[elementOf(earlier), elementOf(token)]];
	});
	const taskOn = new Map(Object.values(before.tasks).map(({ id, token }) => [token, id]));
	const tasks = own.flatMap((token) => {
		const id = taskOn.get(token.id);
		const node = elementOf(token);
		return id === undefined ? [] : [{ id, node, name: nameOf(model, node) }];
	});
	const nodes = (tokens: readonly Token[]) => [...new Set(tokens.map(elementOf))];
	return {
		from,
		to,
		moved: [...new Map(moved as [string, string][])].map(([source, target]) => ({ from: source, to: target })),
		tasks,
		armed: nodes(own.filter(({ producer }) => producer === seq)),
		canceled: nodes(migrated.canceled),
	};
}
