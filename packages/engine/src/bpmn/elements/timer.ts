import type { Trigger } from '../../model/process-model.ts';
import { isOutdated, parseCycle } from '../../nodes/iso-8601.ts';
import { readSchedule } from '../../nodes/schedule.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import type { XmlElement } from '../xml/xml-element.ts';

type Timer = Extract<Trigger, { kind: 'timer' }>;

const KINDS: Readonly<Record<string, Timer['timer']>> = {
	timeDate: 'date',
	timeDuration: 'duration',
	timeCycle: 'cycle',
};

/** Null, and a problem noted, where it says no time, several, or a text that is none. */
export function readTimer(definition: XmlElement, reading: Reading): Timer | null {
	const times = definition.children.filter((child) => child.namespace === BPMN && Object.hasOwn(KINDS, child.name));
	const [time, second] = times.filter((each) => each.text.trim() !== '');
	const timer = KINDS[time?.name ?? ''];
	if (time === undefined || timer === undefined || second !== undefined) {
		reading.report('timer-invalid', definition, 'A timer has one of `timeDate`, `timeDuration`, `timeCycle`.');
		return null;
	}
	const when = reading.text(time, time.text);
	if (when === null) return null;
	if (when.kind === 'literal' && !isTime(when.text, timer)) {
		reading.report('timer-invalid', time, `\`${when.text.slice(0, 60)}\` is not ${expected(timer)}.`);
		return null;
	}
	return { kind: 'timer', timer, when };
}

/** Whether the engine can wait for it: as in Camunda 7 the text says whether it is a date, whatever the element says. */
function isTime(text: string, timer: Timer['timer']): boolean {
	return readSchedule(timer, text) !== null && parseCycle(text)?.times !== 0 && !isOutdated(text);
}

function expected(timer: Timer['timer']): string {
	if (timer === 'date') return 'a date and time, such as `2030-01-31T09:00:00Z`';
	if (timer === 'duration') return 'a duration, such as `PT1H` or `P2D`';
	return 'a repetition, such as `R3/PT10M`, `R/P1D` or `0 0 9 ? * MON-FRI`';
}
