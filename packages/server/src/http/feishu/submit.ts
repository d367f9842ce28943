import { refuse } from '../../refusals.ts';
import type { InstanceId, SubmittedCommand } from '../../services.ts';
import { isDecimalId } from '../../storage/decimal-id.ts';
import { type CallAnswer, type CallRequest, refused, success } from './call.ts';

type TaskCommand = Extract<SubmittedCommand, { readonly task: string }>;

/** Carries out a command on the task that it names; the answer holds `data` and nothing of the command's result. */
export async function submitToTask(request: CallRequest, command: TaskCommand, data: object = {}): Promise<CallAnswer> {
	if (!isDecimalId(command.task)) return refused(refuse('task-unknown', { task: command.task }));
	return submit(request, { task: command.task }, command, data);
}

export async function submitToInstance(
	request: CallRequest,
	instance: InstanceId,
	command: SubmittedCommand,
): Promise<CallAnswer> {
	if (!isDecimalId(instance)) return refused(refuse('instance-unknown', { instance }));
	return submit(request, { instance }, command, {});
}

async function submit(
	{ services, app, idempotency }: CallRequest,
	target: { readonly task: string } | { readonly instance: InstanceId },
	command: SubmittedCommand,
	data: object,
): Promise<CallAnswer> {
	const answer = await services.commands.submit({ tenant: app.tenant, target, command, idempotency });
	return answer.ok ? success(data) : refused(answer.refusal);
}
