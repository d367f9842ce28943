import type { EngineEvent } from '@sendback/engine/events.ts';
import type { RollbackId, Seq } from '@sendback/engine/terms.ts';
import Type from 'typebox';
import type { HistoryEntry } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';

const EventSchema = Type.Object({
	seq: Type.Integer({ description: 'position in the log of the instance' }),
	type: Type.String(),
	kind: Type.Optional(Type.String({ description: 'of a node that fired: how' })),
	node_id: Type.Optional(Type.String()),
	task_id: Type.Optional(Type.String()),
	undone_by: nullable(Type.String({ description: 'the rollback that undid it' })),
});

export const HistoryEntrySchema = Type.Object({
	position: Type.Integer({ description: 'counts the commands of the instance, from 1' }),
	at: Time,
	what: Type.String({ description: 'what was done: instance_started, task_decided, rolled_back, …' }),
	user_id: nullable(Type.String()),
	decision: nullable(Type.String()),
	opinion: Type.String(),
	task_id: nullable(Type.String({ description: 'the task that it was done in' })),
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
			...placeOf(event),
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
	user_ids: [],
	rollback_id: null,
	to_task_id: null,
};

/** What somebody did; the firings and openings that follow from it are not it. The first such event of a step is. */
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
			return { user_id: event.user, opinion: event.opinion };
		case 'RolledBack':
			return {
				user_id: event.user,
				task_id: event.from,
				opinion: event.opinion,
				rollback_id: event.rollback,
				to_task_id: event.to.task,
			};
		case 'NodeFired':
		case 'TaskOpened':
			return null;
	}
}

function placeOf(event: EngineEvent): { readonly kind?: string; readonly node_id?: string; readonly task_id?: string } {
	switch (event.type) {
		case 'NodeFired':
			return {
				kind: event.kind,
				node_id: event.node,
				...(event.completion === undefined ? {} : { task_id: event.completion.task }),
			};
		case 'TaskOpened':
			return { node_id: event.task.node, task_id: event.task.id };
		case 'RolledBack':
			return { task_id: event.from };
		case 'InstanceStarted':
		case 'InstanceEnded':
			return {};
		default:
			return { task_id: event.task };
	}
}

/** `TaskDecided` → `task_decided` */
function wordOf(type: EngineEvent['type']): string {
	return type.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
