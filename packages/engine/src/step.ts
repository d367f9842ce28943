import { missingModels } from './causality/known-scopes.ts';
import { rollBack } from './causality/roll-back.ts';
import { undoRollback } from './causality/undo-rollback.ts';
import type { Command } from './commands.ts';
import { cancelInstance } from './instance/cancel-instance.ts';
import { completeJob, throwJobError } from './instance/jobs.ts';
import { startInstance } from './instance/start-instance.ts';
import { triggerEvent } from './instance/trigger-event.ts';
import { migrateInstance } from './migration/migrate-instance.ts';
import type { ProcessModel } from './model/process-model.ts';
import { reject } from './rejections.ts';
import { run } from './run.ts';
import type { InstanceState } from './state.ts';
import type { StepContext, StepOutcome } from './step-outcome.ts';
import { addAssignees } from './tasks/add-assignees.ts';
import { copyTask } from './tasks/copy-task.ts';
import { decideTask } from './tasks/decide-task.ts';
import { linkChatGroup } from './tasks/link-chat-group.ts';
import { transferTask } from './tasks/transfer-task.ts';
import { urgeTask } from './tasks/urge-task.ts';
import { refused, type Stop, Work } from './work.ts';

/**
 * Decides one command: the events that it causes, or why it is refused, or what the core has to know first. Changes
 * nothing; the same arguments always give the same outcome.
 *
 * @param state the live state; null for `start-instance` only
 */
export function step(
	model: ProcessModel,
	state: InstanceState | null,
	command: Command,
	context: StepContext,
): StepOutcome {
	const work = new Work(model, state, context);
	// The models of called flows are asked for once, before anything looks at their nodes.
	const missing = missingModels(work, Object.values(state?.scopes ?? {}));
	const stop = missing ?? decide(work, command) ?? goOn(work, command);
	if (stop?.kind === 'unanswered') return { ...stop, effort: work.effort.spent };
	if (stop !== null) return stop;
	return { kind: 'accepted', events: work.events, state: work.state, model: work.model, nextId: work.nextId };
}

/** A rollback that was taken back leaves everything as it was: nothing can have become possible. */
function goOn(work: Work, command: Command): Stop | null {
	return command.type === 'undo-rollback' ? null : run(work);
}

/** The table of commands: which file decides which. */
function decide(work: Work, command: Command): Stop | null {
	if (command.type === 'start-instance') return startInstance(work, command);
	if (work.state.status !== 'in_process') {
		return refused(reject('instance-not-open', { status: work.state.status }));
	}
	switch (command.type) {
		case 'decide-task':
			return decideTask(work, command);
		case 'transfer-task':
			return transferTask(work, command);
		case 'add-assignees':
			return addAssignees(work, command);
		case 'copy-task':
			return copyTask(work, command);
		case 'urge-task':
			return urgeTask(work, command);
		case 'link-chat-group':
			return linkChatGroup(work, command);
		case 'cancel-instance':
			return cancelInstance(work, command);
		case 'migrate-instance':
			return migrateInstance(work, command);
		case 'roll-back':
			return rollBack(work, command);
		case 'undo-rollback':
			return undoRollback(work, command);
		case 'trigger-event':
			return triggerEvent(work, command);
		case 'complete-job':
			return completeJob(work, command);
		case 'throw-job-error':
			return throwJobError(work, command);
	}
}
