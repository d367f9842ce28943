import { variablesThen } from '@sendback/engine/causality/variables-then.ts';
import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { Answers } from '@sendback/engine/questions.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { JobRow, MovedCompensation } from '../storage/instance-write.ts';
import { logFromTarget } from './command-result.ts';
import { variablesOfProcess, writeDifference } from './compensated-variables.ts';
import { CompensationPlaces } from './compensation-places.ts';

type NewJob = Omit<JobRow, 'id'>;

/** How often the work of a compensation is tried; a model says it only of a service task itself. */
const COMPENSATION_RETRIES = 3;
/** Characters of variables that the compensations of one command keep: those beyond get what the process has by then. */
const MAX_VARIABLES = 8_000_000;

interface DecidedCommand {
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly answers: Answers;
	readonly at: TimeMs;
}

/** What commands that are written together ask for, and take back. */
export interface Compensations {
	readonly jobs: readonly NewJob[];
	/** Of rollbacks that were written before. */
	readonly moved: readonly MovedCompensation[];
}

export const NO_COMPENSATIONS: Compensations = { jobs: [], moved: [] };

/** The compensations that are to be done after one more command: those that its rollback asks for, less those that it takes back. */
export function compensationsAfter(known: Compensations, command: DecidedCommand): Compensations {
	let all = known;
	for (const event of command.events) {
		if (event.type === 'RolledBack') all = rolledBack(all, event, command);
		if (event.type === 'RollbackUndone') all = takenBack(all, event.rollback);
	}
	return all;
}

function rolledBack(known: Compensations, event: RolledBack, command: DecidedCommand): Compensations {
	const { before, answers } = command;
	const log = logFromTarget(answers);
	if (before === null || ![...log, event].some(asksForCompensation)) return known;
	const places = new CompensationPlaces(before, log, event);
	const moved = new Map(places.moved().map((each) => [keyOf(each), each]));
	const jobs = known.jobs.map((job) => {
		const there = 'rollback' in job.cause ? moved.get(keyOf(job.cause)) : undefined;
		return there === undefined ? job : { ...job, places: there.places };
	});
	const asked = event.compensations.length === 0 ? [] : compensationJobs(event, command, places.own());
	const stored = known.moved.filter((each) => !moved.has(keyOf(each)));
	return { jobs: [...jobs, ...asked], moved: [...stored, ...moved.values()] };
}

function asksForCompensation(event: EngineEvent): boolean {
	return event.type === 'RolledBack' && event.compensations.length > 0;
}

function keyOf({ rollback, compensates }: Pick<MovedCompensation, 'rollback' | 'compensates'>): string {
	return `${rollback} ${compensates}`;
}

function takenBack({ jobs, moved }: Compensations, { rollback }: RolledBack): Compensations {
	return {
		jobs: jobs.filter(({ cause }) => !('rollback' in cause) || cause.rollback !== rollback),
		moved: moved.filter((each) => each.rollback !== rollback),
	};
}

/** One after the other, the latest effect first: an effect may rest on those before it. */
function compensationJobs(
	{ rollback, compensations }: RolledBack,
	{ before, answers, at }: DecidedCommand,
	places: readonly (readonly string[])[],
): readonly NewJob[] {
	if (before === null) return [];
	const seqs = new Set(compensations.map(({ seq }) => seq));
	// The rollback takes away what the work wrote, and brings back what that had replaced.
	const variables = variablesThen(before, logFromTarget(answers), seqs);
	const shared = variablesOfProcess(before);
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
		return { node, topic, retries: COMPENSATION_RETRIES, createdAt: at, places: places[index] ?? [], cause };
	});
}
