import Type from 'typebox';
import { refuse } from '../../../refusals.ts';
import { isDecimalId } from '../../../storage/decimal-id.ts';
import type { HttpContext } from '../../http-context.ts';
import { appOf } from '../../request-app.ts';
import { DecimalId, Opinion, PathId, UserId } from '../fields.ts';
import type { NativeHttp } from '../native-http.ts';
import { sendRefusal } from '../problems.ts';
import { responses } from '../responses.ts';
import { submitToTask } from '../task-commands.ts';
import { RollbackSchema, rollbackPlanView, rollbackResultView } from '../views/rollback-view.ts';

export function rollBack(http: NativeHttp, context: HttpContext): void {
	http.post('/api/v1/tasks/:task_id/rollback', {
		config: { scope: 'app_engine:approval:write' },
		schema: {
			operationId: 'rollBack',
			summary: 'Send back 退回 to a rollback point, or with dry_run only say what that would do',
			description: 'Undoes all and only the consequences of the target; what is concurrent to it stays as it is.',
			tags: ['Tasks'],
			params: Type.Object({ task_id: PathId }),
			body: Type.Object({
				user_id: UserId,
				to_task_id: DecimalId,
				opinion: Type.Optional(Opinion),
				resume: Type.Optional(
					Type.Union([Type.Literal('replay'), Type.Literal('direct')], {
						description:
							'replay (as without it): what followed from the target is decided anew; direct 直达: once the target is decided, straight back to this task where that is right',
					}),
				),
				dry_run: Type.Optional(Type.Boolean()),
			}),
			response: responses(200, RollbackSchema),
		},
		handler: async (request, reply) => {
			const { body } = request;
			const task = request.params.task_id;
			if (!isDecimalId(task)) return sendRefusal(reply, refuse('task-unknown', { task }));
			const to = body.to_task_id;
			if (!isDecimalId(to)) return sendRefusal(reply, refuse('rollback-point-unknown', { task: to }));
			const command = {
				type: 'roll-back',
				task,
				user: body.user_id,
				to,
				opinion: body.opinion ?? '',
				resume: body.resume ?? 'replay',
			} as const;
			if (body.dry_run !== true) return submitToTask(context, request, reply, command, rollbackResultView);
			const { tenant } = appOf(request);
			const plan = await context.services.commands.previewRollback({
				tenant,
				target: { task },
				command,
				idempotency: null,
			});
			return plan.ok ? reply.send(rollbackPlanView(plan.value)) : sendRefusal(reply, plan.refusal);
		},
	});
}
