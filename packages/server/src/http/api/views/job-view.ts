import Type from 'typebox';
import type { Job, OpenJob } from '../../../services.ts';
import { nullable, Time } from '../fields.ts';
import { pageOf } from '../paging.ts';
import { isoTime } from '../times.ts';

const FACTS = {
	id: Type.String(),
	instance_id: Type.String(),
	node_id: Type.String(),
	topic: Type.String(),
	retries: Type.Integer({ description: 'attempts left; a running one is among them' }),
	compensates: nullable(
		Type.Integer({
			description: 'of a compensation: the seq, in the history, of the work whose effect is to be undone',
		}),
	),
};

export const JobSchema = Type.Object({
	...FACTS,
	variables: Type.Record(Type.String(), Type.Unknown(), {
		description: 'of a compensation: those of the work that it undoes, with what that wrote',
	}),
	locked_until: Time,
});

const OpenJobSchema = Type.Object({
	...FACTS,
	failure: nullable(Type.String({ description: 'what was said of it when it failed last' })),
	created_at: Time,
	lock: nullable(Type.Object({ worker_id: Type.String(), until: Time })),
});

export const JobPageSchema = pageOf(OpenJobSchema);

export function jobView(job: Job) {
	return { ...factsView(job), variables: job.variables, locked_until: isoTime(job.lockedUntil) };
}

function openJobView(job: OpenJob) {
	const { failure, createdAt, lock } = job;
	return {
		...factsView(job),
		failure,
		created_at: isoTime(createdAt),
		lock: lock === null ? null : { worker_id: lock.worker, until: isoTime(lock.until) },
	};
}

/** @param jobs one more than the page has, where there is a next one */
export function jobPageView(jobs: readonly OpenJob[], limit: number) {
	const items = jobs.slice(0, limit).map(openJobView);
	return { items, next_cursor: jobs.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function factsView({ id, instance, node, topic, retries, compensates }: Job | OpenJob) {
	return { id, instance_id: instance, node_id: node, topic, retries, compensates };
}
