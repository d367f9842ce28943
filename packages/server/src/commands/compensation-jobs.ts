import { variablesThen } from '@sendback/engine/causality/variables-then.ts';
import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { Answers } from '@sendback/engine/questions.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { JobRow } from '../storage/instance-write.ts';
import { logFromTarget } from './command-result.ts';

export type NewJob = Omit<JobRow, 'id'>;

/** How often the work of a compensation is tried; a model says it only of a service task itself. */
const COMPENSATION_RETRIES = 3;

interface DecidedCommand {
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly answers: Answers;
	readonly at: TimeMs;
}

/** The compensations that are to be done after one more command: those that its rollback asks for, less those that it takes back. */
export function compensationsAfter(known: readonly NewJob[], command: DecidedCommand): readonly NewJob[] {
	let jobs = known;
	for (const event of command.events) {
		if (event.type === 'RolledBack') jobs = [...jobs, ...compensationJobs(event, command)];
		if (event.type === 'RollbackUndone') jobs = jobs.filter((job) => !isOf(event.rollback, job));
	}
	return jobs;
}

function isOf({ rollback }: RolledBack, { cause }: NewJob): boolean {
	return 'rollback' in cause && cause.rollback === rollback;
}

/** One after the other, the latest effect first: an effect may rest on those before it. */
function compensationJobs(
	{ rollback, compensations }: RolledBack,
	{ before, answers, at }: DecidedCommand,
): readonly NewJob[] {
	if (compensations.length === 0 || before === null) return [];
	// The rollback takes away what the work wrote, and brings back what it had replaced.
	const seqs = new Set(compensations.map(({ seq }) => seq));
	const variables = variablesThen(before, logFromTarget(answers), seqs);
	return compensations.map(({ node, topic, seq: compensates }, index) => ({
		node,
		topic,
		retries: COMPENSATION_RETRIES,
		createdAt: at,
		cause: {
			rollback,
			compensates,
			blockedBy: compensations[index - 1]?.seq ?? null,
			variables: variables.get(compensates) ?? {},
		},
	}));
}
