import { knownScopes } from '@sendback/engine/causality/known-scopes.ts';
import { readLog } from '@sendback/engine/causality/live-log.ts';
import { variablesThen } from '@sendback/engine/causality/variables-then.ts';
import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { Answers } from '@sendback/engine/questions.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { JobRow } from '../storage/instance-write.ts';
import { logFromTarget } from './command-result.ts';
import { variablesOfProcess, writeDifference } from './compensated-variables.ts';
import { placesOf } from './job-places.ts';

export type NewJob = Omit<JobRow, 'id'>;

/** How often the work of a compensation is tried; a model says it only of a service task itself. */
const COMPENSATION_RETRIES = 3;
/** Characters of variables that the compensations of one command keep: those beyond get what the process has by then. */
const MAX_VARIABLES = 8_000_000;

interface DecidedCommand {
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly after: InstanceState;
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
	{ before, after, answers, at }: DecidedCommand,
): readonly NewJob[] {
	if (compensations.length === 0 || before === null) return [];
	const log = logFromTarget(answers);
	const seqs = new Set(compensations.map(({ seq }) => seq));
	// The rollback takes away what the work wrote, and brings back what that had replaced.
	const variables = variablesThen(before, log, seqs);
	const shared = variablesOfProcess(before);
	const scopes = knownScopes(before, readLog(log));
	const firings = new Map(log.flatMap((event) => (event.type === 'NodeFired' ? [[event.seq, event] as const] : [])));
	let room = MAX_VARIABLES;
	return compensations.map(({ node, topic, seq: compensates }, index) => {
		const difference = writeDifference(shared, variables.get(compensates) ?? {});
		room -= difference.length;
		const cause = {
			rollback,
			compensates,
			blockedBy: compensations[index - 1]?.seq ?? null,
			variables: room < 0 ? null : difference,
		};
		const places = placesOf(scopes, firings.get(compensates)?.scope ?? 0, node);
		const stayed = places.find(({ scope }) => scope in after.scopes);
		return { node, topic, retries: COMPENSATION_RETRIES, createdAt: at, places: stayed ? [stayed.path] : [], cause };
	});
}
