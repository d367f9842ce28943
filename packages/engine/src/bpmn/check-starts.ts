import type { Trigger } from '../model/process-model.ts';
import type { ScopeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';

/** A process begins in one way for each event; a subprocess in one way only. */
export function checkStarts({ kind, element, nodes }: ScopeDraft, reading: Reading): void {
	const known = new Map<string, string>();
	for (const { id, body, element: start } of nodes) {
		if (body.kind !== 'startEvent') continue;
		const trigger = kind === 'process' ? wayOf(body.trigger) : '';
		const before = known.get(trigger);
		if (before === undefined) known.set(trigger, id);
		else
			reading.report('start-many', start, `\`${before}\` ${trigger === '' ? 'is one already' : 'waits for the same'}.`);
	}
	if (known.size > 0) return;
	const needs = kind === 'eventSubProcess' ? 'one with an event definition' : 'one without an event definition';
	reading.report('start-missing', element, `Add ${needs}.`);
}

function wayOf(trigger: Trigger | null): string {
	return trigger === null ? '' : JSON.stringify(trigger);
}
