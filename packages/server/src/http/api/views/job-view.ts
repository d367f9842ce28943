import Type from 'typebox';
import type { Job } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { isoTime } from '../times.ts';

export const JobSchema = Type.Object({
	id: Type.String(),
	instance_id: Type.String(),
	node_id: Type.String(),
	topic: Type.String(),
	variables: Type.Record(Type.String(), Type.Unknown()),
	retries: Type.Integer({ description: 'attempts left, this one included' }),
	locked_until: Time,
	compensates: nullable(
		Type.Integer({
			description: 'of a compensation: the seq, in the history, of the work whose effect is to be undone',
		}),
	),
});

export function jobView(job: Job) {
	return {
		id: job.id,
		instance_id: job.instance,
		node_id: job.node,
		topic: job.topic,
		variables: job.variables,
		retries: job.retries,
		locked_until: isoTime(job.lockedUntil),
		compensates: job.compensates,
	};
}
