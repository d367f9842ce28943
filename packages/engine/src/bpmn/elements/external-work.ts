import type { Effect, ServiceTask } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { classicAttribute, sendbackAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readChoice } from './read-choice.ts';

/** As many as other engines give a job. */
const RETRIES = 3;
/** As many as the API sets. */
const MAX_RETRIES = 1000;

/** What `type` says where a worker outside does the work: Camunda 7 and Flowable. */
const EXTERNAL: readonly string[] = ['external', 'external-worker'];

type ExternalWork = Pick<ServiceTask, 'topic' | 'retries' | 'effect'>;

/** What a task asks of workers outside; null where it names no topic. `refused`, and a problem noted, for other kinds of work. */
export function readExternalWork(element: XmlElement, reading: Reading): ExternalWork | null | 'refused' {
	const type = classicAttribute(element, 'type');
	if (type !== null && !EXTERNAL.includes(type)) {
		reading.report('extension-not-supported', element, `Work of the type \`${type.slice(0, 60)}\` is not done here.`);
		return 'refused';
	}
	const written =
		sendbackAttribute(element, 'topic') ??
		zeebeAttribute(element, 'taskDefinition', 'type') ??
		classicAttribute(element, 'topic');
	const effect = readEffect(element, reading);
	if (written === null) return null;
	const topic = reading.text(element, written);
	const retries = readRetries(element, reading);
	return topic === null || retries === null ? 'refused' : { topic, retries, effect };
}

function readRetries(element: XmlElement, reading: Reading): number | null {
	const written = sendbackAttribute(element, 'retries') ?? zeebeAttribute(element, 'taskDefinition', 'retries');
	if (written === null) return RETRIES;
	if (/^\d{1,4}$/.test(written) && Number(written) <= MAX_RETRIES) return Number(written);
	const problem = `\`retries\` is a number from 0 to ${MAX_RETRIES}, not \`${written.slice(0, 60)}\`.`;
	reading.report('attribute-invalid', element, problem);
	return null;
}

/** Work of which nothing is said counts as a barrier: to assume that it can be undone would be worse than to stop. */
function readEffect(element: XmlElement, reading: Reading): Effect {
	const kind = readChoice(element, 'effect', ['pure', 'compensable', 'barrier'], reading);
	const topic = sendbackAttribute(element, 'compensationTopic');
	if (topic !== null && (kind === null || kind === 'compensable')) return { kind: 'compensable', topic };
	if (topic !== null) reading.report('attribute-invalid', element, `\`compensationTopic\` with \`effect="${kind}"\`.`);
	if (kind === 'compensable') reading.report('attribute-invalid', element, 'It needs a `sendback:compensationTopic`.');
	return { kind: kind === 'pure' ? 'pure' : 'barrier' };
}
