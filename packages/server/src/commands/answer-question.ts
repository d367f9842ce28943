import type { EngineEvent } from '@sendback/engine/events.ts';
import type { EvaluateAnswer, LogAnswer } from '@sendback/engine/questions.ts';
import type { TaskId, UserId, Variables } from '@sendback/engine/terms.ts';
import type { DirectoryService, TenantId } from '../services.ts';
import type { LiveInstance } from './live-instance.ts';
import type { AnswerQuestion } from './step-command.ts';

export interface AnswerDependencies {
	readonly userExists: (tenant: TenantId, user: UserId) => Promise<boolean>;
	readonly findGroup: DirectoryService['findGroup'];
	/** Evaluates FEEL under a time limit; null where too many expressions wait. */
	readonly evaluate: (source: string, variables: Variables) => Promise<EvaluateAnswer['result'] | null>;
	/** The committed log of an instance from the completion of a task up to the instance's version. */
	readonly readLog: (instance: LiveInstance, task: TaskId) => Promise<LogAnswer['log']>;
}

/** The core asks; the directory, the expression worker and the log answer. */
export function createAnswers({ userExists, findGroup, evaluate, readLog }: AnswerDependencies): AnswerQuestion {
	return async (question, { committed, uncommitted }) => {
		const { tenant } = committed.facts;
		switch (question.kind) {
			case 'user':
				return { kind: 'user', exists: await userExists(tenant, question.user) };
			case 'group':
				return { kind: 'group', members: (await findGroup(tenant, question.group))?.members ?? null };
			case 'evaluate': {
				const result = await evaluate(question.source, question.variables);
				return result === null ? null : { kind: 'evaluate', result };
			}
			case 'log-from': {
				const log =
					logFrom(uncommitted, question.task) ?? appended(await readLog(committed, question.task), uncommitted);
				return { kind: 'log-from', log };
			}
		}
	};
}

/** The log from the completion of a task that was completed in these events; null where it was not. */
function logFrom(events: readonly EngineEvent[], task: TaskId): LogAnswer['log'] {
	const index = events.findIndex((event) => event.type === 'NodeFired' && event.completion?.task === task);
	const completion = events[index];
	return completion === undefined ? null : { completion: completion.seq, events: events.slice(index) };
}

function appended(log: LogAnswer['log'], events: readonly EngineEvent[]): LogAnswer['log'] {
	return log === null ? null : { completion: log.completion, events: [...log.events, ...events] };
}
