import type { ResumeStop } from '@sendback/engine/events.ts';
import Type from 'typebox';
import type { Resumption } from '../../../services.ts';
import { nullable, wordOf } from '../fields.ts';

const STOP_REASONS = {
	'changed-choice': true,
	'changed-variable': true,
	'token-used': true,
	'more-to-come': true,
	compensated: true,
	migrated: true,
} as const satisfies Record<ResumeStop, true>;

export const ResumptionSchema = Type.Object(
	{
		kept: Type.Array(Type.Object({ from_task_id: Type.String(), to_task_id: Type.String(), node_id: Type.String() }), {
			description: 'decisions carried over: the undone task, and the one that carries its decision now',
		}),
		stopped: nullable(
			Type.Object(
				{ node_id: Type.String(), reason: wordOf(STOP_REASONS) },
				{ description: 'what could not be done again, and why; null where it got back to the task that had sent back' },
			),
		),
	},
	{ description: 'how far a direct return 直达 got' },
);

export function resumptionView({ kept, stopped }: Resumption) {
	return {
		kept: kept.map(({ from, to, node }) => ({ from_task_id: from, to_task_id: to, node_id: node })),
		stopped: stopped === null ? null : { node_id: stopped.node, reason: stopped.reason },
	};
}
