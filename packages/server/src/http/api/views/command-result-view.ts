import Type from 'typebox';
import type { CommandResult } from '../../../services.ts';
import { InstanceStatusWord } from '../fields.ts';
import { ResumptionSchema, resumptionView } from './resumption-view.ts';

export const CommandResultSchema = Type.Object({
	instance_id: Type.String(),
	status: InstanceStatusWord,
	opened: Type.Array(Type.Object({ id: Type.String(), node_id: Type.String() }), {
		description: 'the tasks that this opened',
	}),
	resumed: Type.Optional(ResumptionSchema),
	repeated: Type.Boolean({ description: 'true where this idempotency key got this answer before' }),
});

export function commandResultView(result: CommandResult) {
	return {
		instance_id: result.instance,
		status: result.status,
		opened: result.opened.map(({ id, node }) => ({ id, node_id: node })),
		...(result.resumed ? { resumed: resumptionView(result.resumed) } : {}),
		repeated: result.repeated,
	};
}
