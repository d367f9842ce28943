import type { EngineEvent, NodeFired } from '@sendback/engine/events.ts';
import type { Arm } from '@sendback/engine/state.ts';
import type { RollbackId, Seq } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HistoryEntry } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';
import { ResumptionSchema, resumptionView } from './resumption-view.ts';

const OccurrenceSchema = Type.Object(
	{ kind: Type.String({ description: 'timer, message, signal, condition or job' }), name: nullable(Type.String()) },
	{ description: 'what came, or was thrown; of a job, its topic' },
);

const EventSchema = Type.Object({
	seq: Type.Integer({ description: 'position in the log of the instance' }),
	type: Type.String(),
	kind: Type.Optional(Type.String({ description: 'of a node that fired: how' })),
	node_id: Type.Optional(Type.String()),
	task_id: Type.Optional(Type.String()),
	event: Type.Optional(OccurrenceSchema),
	decided: Type.Optional(
		Type.Object(
			{ decision_id: Type.String(), version: Type.Integer() },
			{ description: 'of a business rule task: the decision that it took' },
		),
	),
	rollback_id: Type.Optional(Type.String()),
	reopened_task_ids: Type.Optional(Type.Array(Type.String(), { description: 'of a rollback' })),
	status: Type.Optional(Type.String({ description: 'that the instance ended with' })),
	version: Type.Optional(Type.Integer({ description: 'of a migration: the version of the flow from then on' })),
	previous_version: Type.Optional(Type.Integer()),
	resumed: Type.Optional(ResumptionSchema),
	undone_by: nullable(Type.String({ description: 'the rollback that undid it' })),
});

export const HistoryEntrySchema = Type.Object({
	position: Type.Integer({ description: 'counts the commands of the instance, from 1' }),
	at: Time,
	what: Type.String({
		description:
			'what was done: instance_started, task_decided, rolled_back, …; without a user event_caught, work_completed, error_thrown',
	}),
	user_id: nullable(Type.String()),
	decision: nullable(Type.String()),
	opinion: Type.String(),
	task_id: nullable(Type.String({ description: 'the task that it was done in' })),
	node_id: nullable(Type.String({ description: 'of an event that came, or of work: the node that waited for it' })),
	event: nullable(OccurrenceSchema),
	user_ids: Type.Array(Type.String(), { description: 'whom it concerned: given, added, copied, urged, invited' }),
	rollback_id: nullable(Type.String()),
	to_task_id: nullable(Type.String({ description: 'of a rollback: the task returned to' })),
	undone_by: nullable(Type.String({ description: 'the rollback that undid something of this entry, the latest' })),
	events: Type.Array(EventSchema),
});

/** One entry a command: what somebody did, and everything that followed from it at once. */
export function historyEntryView(entry: HistoryEntry) {
	const undoneBy = new Map<Seq, RollbackId>();
	for (const { rollback, seqs } of entry.undoneBy) for (const seq of seqs) undoneBy.set(seq, rollback);
	return {
		position: entry.position,
		at: isoTime(entry.step.at),
		...headlineOf(entry.step.events),
		undone_by: entry.undoneBy.at(-1)?.rollback ?? null,
		events: entry.step.events.map((event) => ({
			seq: event.seq,
			type: wordOf(event.type),
			...detailsOf(event),
			undone_by: undoneBy.get(event.seq) ?? null,
		})),
	};
}

interface Headline {
	readonly what: string;
	readonly user_id: string | null;
	readonly decision: string | null;
	readonly opinion: string;
	readonly task_id: string | null;
	readonly node_id: string | null;
	readonly event: Occurrence | null;
	readonly user_ids: readonly string[];
	readonly rollback_id: string | null;
	readonly to_task_id: string | null;
}

const NOTHING: Headline = {
	what: 'unknown',
	user_id: null,
	decision: null,
	opinion: '',
	task_id: null,
	node_id: null,
	event: null,
	user_ids: [],
	rollback_id: null,
	to_task_id: null,
};

/**
 * What somebody did, or what came by itself. It stands first: what follows from it are further firings, openings and an
 * end. Only a cancellation fires before it is told.
 */
function headlineOf(events: readonly EngineEvent[]): Headline {
	for (const event of events) {
		const headline = headlineOfEvent(event);
		if (headline !== null) return { ...NOTHING, what: wordOf(event.type), ...headline };
	}
	return NOTHING;
}

function headlineOfEvent(event: EngineEvent): Partial<Headline> | null {
	switch (event.type) {
		case 'InstanceStarted':
			return { user_id: event.initiator };
		case 'TaskDecided':
			return { user_id: event.user, task_id: event.task, decision: event.decision, opinion: event.opinion };
		case 'TaskTransferred':
			return { user_id: event.user, task_id: event.task, opinion: event.opinion, user_ids: event.to };
		case 'AssigneesAdded':
		case 'TaskUrged':
			return { user_id: event.user, task_id: event.task, opinion: event.opinion, user_ids: event.users };
		case 'TaskCopied':
		case 'ChatGroupLinked':
			return { user_id: event.user, task_id: event.task, user_ids: event.users };
		case 'InstanceEnded':
		case 'InstanceMigrated':
			return { user_id: event.user, opinion: event.opinion };
		case 'RolledBack':
			return {
				user_id: event.user,
				task_id: event.from,
				opinion: event.opinion,
				rollback_id: event.rollback,
				to_task_id: event.to.task,
			};
		case 'RollbackUndone':
			return {
				user_id: event.user,
				task_id: event.rollback.from,
				opinion: event.opinion,
				rollback_id: event.rollback.rollback,
				to_task_id: event.rollback.to.task,
			};
		case 'NodeFired':
			return headlineOfFiring(event);
		case 'TaskOpened':
		case 'Resumed':
			return null;
	}
}

/** A firing that stands first came from outside: an event, or work that a worker has done. */
function headlineOfFiring(event: NodeFired): Partial<Headline> | null {
	const came = occurrenceOf(event);
	const place = { node_id: event.node, event: came };
	switch (event.kind) {
		case 'catch':
			return { ...place, what: 'event_caught' };
		case 'interrupt':
			return { ...place, what: came?.kind === 'job' ? 'error_thrown' : 'event_caught' };
		case 'complete':
			return { ...place, what: 'work_completed' };
		default:
			return null;
	}
}

interface Occurrence {
	readonly kind: string;
	readonly name: string | null;
}

/** What a node waited for, or throws. An error that is caught was armed nowhere: the node is the one that threw it. */
function occurrenceOf(event: NodeFired): Occurrence | null {
	if (event.kind === 'catch' || event.kind === 'interrupt' || event.kind === 'complete') {
		const waited = event.consumed.find(({ place, arm }) => arm !== undefined && place.endsWith(`:${event.node}`));
		if (waited?.arm !== undefined) return occurrenceOfArm(waited.arm);
	}
	const [effect] = event.effects ?? [];
	if (effect === undefined) return null;
	return { kind: effect.kind === 'throw-signal' ? 'signal' : 'message', name: effect.name };
}

function occurrenceOfArm(arm: Arm): Occurrence {
	switch (arm.kind) {
		case 'message':
		case 'signal':
			return { kind: arm.kind, name: arm.name };
		case 'job':
			return { kind: arm.kind, name: arm.topic };
		case 'timer':
		case 'condition':
			return { kind: arm.kind, name: null };
	}
}

interface EventDetails {
	readonly kind?: string;
	readonly node_id?: string;
	readonly task_id?: string;
	readonly event?: Occurrence;
	readonly decided?: { readonly decision_id: string; readonly version: number };
	readonly rollback_id?: string;
	readonly reopened_task_ids?: readonly string[];
	readonly status?: string;
	readonly version?: number;
	readonly previous_version?: number;
	readonly resumed?: ReturnType<typeof resumptionView>;
}

function detailsOf(event: EngineEvent): EventDetails {
	switch (event.type) {
		case 'NodeFired': {
			const occurrence = occurrenceOf(event);
			const { decided } = event;
			return {
				kind: event.kind,
				node_id: event.node,
				...(event.completion === undefined ? {} : { task_id: event.completion.task }),
				...(occurrence === null ? {} : { event: occurrence }),
				...(decided === undefined ? {} : { decided: { decision_id: decided.decision, version: decided.version } }),
			};
		}
		case 'TaskOpened':
			return { node_id: event.task.node, task_id: event.task.id };
		case 'RolledBack':
			return {
				task_id: event.from,
				rollback_id: event.rollback,
				reopened_task_ids: event.reopened.map(({ id }) => id),
			};
		case 'RollbackUndone':
			return { task_id: event.rollback.from, rollback_id: event.rollback.rollback };
		case 'Resumed':
			return { rollback_id: event.rollback, resumed: resumptionView(event) };
		case 'InstanceStarted':
			return {};
		case 'InstanceEnded':
			return { status: event.status };
		case 'InstanceMigrated':
			return { version: event.to, previous_version: event.from };
		default:
			return { task_id: event.task };
	}
}

/** `TaskDecided` → `task_decided` */
function wordOf(type: EngineEvent['type']): string {
	return type.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
