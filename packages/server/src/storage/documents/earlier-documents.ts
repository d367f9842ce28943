import type { NodeFired, TaskDecided, TaskOpened } from '@sendback/engine/events.ts';
import type { InstanceState, OpenTask } from '@sendback/engine/state.ts';
import type { FiringTuple } from './compact-firings.ts';
import type { TokenTuple } from './compact-pasts.ts';
import { writeScope } from './compact-scopes.ts';
import { writeAssignments, writeCompletion, writeOpenTask } from './compact-tasks.ts';
import { FORM, type StoredEvent, type StoredRecord, type StoredState, type StoredStep } from './stored-forms.ts';

/** Steps and states of earlier versions: only tokens and pasts were tuples, and no form was named. */

interface EarlierFiring extends Omit<NodeFired, 'consumed' | 'produced'> {
	readonly consumed: readonly TokenTuple[];
	readonly produced: readonly TokenTuple[];
}
type EarlierEvent =
	| EarlierFiring
	| TaskOpened
	| TaskDecided
	| Exclude<StoredRecord, { readonly type: 'TaskOpened' | 'TaskDecided' }>;

export interface EarlierStep extends Omit<StoredStep, 'form' | 'events'> {
	readonly form?: undefined;
	readonly events: readonly EarlierEvent[];
}

export interface EarlierState extends Omit<StoredState, 'form' | 'tasks' | 'scopes'> {
	readonly form?: undefined;
	/** At first an object, its members named by the ids of the tasks. */
	readonly tasks: readonly OpenTask[] | Readonly<Record<OpenTask['id'], OpenTask>>;
	readonly scopes: InstanceState['scopes'];
}

export function stepOfToday({ past, events }: EarlierStep): StoredStep {
	return { form: FORM, past, events: events.map(eventOfToday) };
}

function eventOfToday(event: EarlierEvent): StoredEvent {
	switch (event.type) {
		case 'NodeFired':
			return firingOfToday(event);
		case 'TaskOpened':
			return { ...event, task: writeOpenTask(event.task) };
		case 'TaskDecided':
			return { ...event, assignments: writeAssignments(event.assignments) };
		default:
			return event;
	}
}

function firingOfToday({
	type: _,
	kind,
	node,
	scope,
	consumed,
	produced,
	seq,
	completion,
	...rest
}: EarlierFiring): FiringTuple {
	const more = completion === undefined ? rest : { ...rest, completion: writeCompletion(completion, null) };
	return [kind, node, scope, consumed, produced, seq, more];
}

export function stateOfToday({ tasks, scopes, ...rest }: EarlierState): StoredState {
	return {
		...rest,
		form: FORM,
		tasks: Object.values(tasks).map(writeOpenTask),
		scopes: Object.values(scopes).map(writeScope),
	};
}
