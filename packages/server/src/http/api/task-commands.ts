import type { RollbackId } from '@sendback/engine/terms.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '../../refusals.ts';
import type { CommandResult, InstanceId, SubmitRequest, SubmittedCommand } from '../../services.ts';
import { isDecimalId } from '../../storage/decimal-id.ts';
import type { HttpContext } from '../http-context.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { appOf } from '../request-app.ts';
import { sendProblem, sendRefusal } from './problems.ts';
import { commandResultView } from './views/command-result-view.ts';

type TaskCommand = Extract<SubmittedCommand, { readonly task: string }>;
type View = (result: CommandResult) => object;

/** Carries out a command on the task that it names and answers with its result. */
export async function submitToTask(
	context: HttpContext,
	request: FastifyRequest,
	reply: FastifyReply,
	command: TaskCommand,
	view: View = commandResultView,
): Promise<FastifyReply> {
	if (!isDecimalId(command.task)) return sendRefusal(reply, refuse('task-unknown', { task: command.task }));
	return submit(context, request, reply, { task: command.task }, command, view);
}

export async function submitToInstance(
	context: HttpContext,
	request: FastifyRequest,
	reply: FastifyReply,
	instance: InstanceId,
	command: SubmittedCommand,
	view: View = commandResultView,
): Promise<FastifyReply> {
	if (!isDecimalId(instance)) return sendRefusal(reply, refuse('instance-unknown', { instance }));
	return submit(context, request, reply, { instance }, command, view);
}

/** Carries out a command on a rollback, in the instance that it was in. */
export async function submitToRollback(
	context: HttpContext,
	request: FastifyRequest,
	reply: FastifyReply,
	rollback: RollbackId,
	command: SubmittedCommand,
): Promise<FastifyReply> {
	if (!isDecimalId(rollback)) return sendRefusal(reply, refuse('rollback-unknown', { rollback }));
	return submit(context, request, reply, { rollback }, command, commandResultView);
}

async function submit(
	{ services }: HttpContext,
	request: FastifyRequest,
	reply: FastifyReply,
	target: SubmitRequest['target'],
	command: SubmittedCommand,
	view: View,
): Promise<FastifyReply> {
	const app = appOf(request);
	const key = readIdempotencyKey(request);
	if (!key.ok) return sendProblem(reply, 'idempotency-key-invalid', { detail: key.reason });
	const answer = await services.commands.submit({
		tenant: app.tenant,
		target,
		command,
		idempotency: key.idempotency,
	});
	return answer.ok ? reply.send(view(answer.value)) : sendRefusal(reply, answer.refusal);
}
