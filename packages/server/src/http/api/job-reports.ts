import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { refuse } from '../../refusals.ts';
import type { Answered, TenantId } from '../../services.ts';
import { isDecimalId } from '../../storage/decimal-id.ts';
import { appOf } from '../request-app.ts';
import { sendRefusal } from './problems.ts';

export const ReportedJobSchema = Type.Object({ id: Type.String() });

interface NamedJob {
	readonly tenant: TenantId;
	readonly job: string;
}

/**
 * Passes on what is said about a job, and answers. No Idempotency-Key: a lock is used up by the first report, so that a
 * repeat is refused as `job-not-locked` and does nothing.
 */
export async function reportJob(
	request: FastifyRequest,
	reply: FastifyReply,
	job: string,
	report: (named: NamedJob) => Promise<Answered<null>>,
): Promise<FastifyReply> {
	if (!isDecimalId(job)) return sendRefusal(reply, refuse('job-unknown', { job }));
	const answer = await report({ tenant: appOf(request).tenant, job });
	return answer.ok ? reply.send({ id: job }) : sendRefusal(reply, answer.refusal);
}
