import Type from 'typebox';
import type { CommandResult, MigratedInstance } from '../../../services.ts';
import { InstanceStatusWord, nullable } from '../fields.ts';

export const MigrationSchema = Type.Object({
	instance_id: Type.String(),
	status: InstanceStatusWord,
	version: Type.Integer({ description: 'of the flow, from now on' }),
	previous_version: Type.Integer(),
	moved: Type.Array(Type.Object({ from_element_id: Type.String(), element_id: Type.String() }), {
		description: 'the nodes and sequence flows where the instance is, and what they are now',
	}),
	tasks: Type.Array(Type.Object({ id: Type.String(), node_id: Type.String(), node_name: Type.String() }), {
		description: 'the open tasks that moved, at the nodes where they are now',
	}),
	armed: Type.Array(Type.String(), { description: 'ids of events that are new, and waited for from now on' }),
	canceled: Type.Array(Type.String(), {
		description:
			'ids of events of the previous version that are waited for no more, and of what is compensated no more',
	}),
	opened: Type.Array(Type.Object({ id: nullable(Type.String()), node_id: Type.String() }), {
		description: 'tasks that opened because the instance could go on at once; without an id in a dry run',
	}),
	repeated: Type.Boolean({ description: 'true where this idempotency key got this answer before' }),
});

export function migrationResultView(result: CommandResult) {
	const { migration } = result;
	if (!migration) throw new Error('A committed migration has no plan.');
	return migratedInstanceView({ ...result, migration });
}

export function migratedInstanceView({ instance, status, opened, repeated, migration }: MigratedInstance) {
	return {
		instance_id: instance,
		status,
		version: migration.to,
		previous_version: migration.from,
		moved: migration.moved.map(({ from, to }) => ({ from_element_id: from, element_id: to })),
		tasks: migration.tasks.map(({ id, node, name }) => ({ id, node_id: node, node_name: name })),
		armed: migration.armed,
		canceled: migration.canceled,
		opened: opened.map(({ id, node }) => ({ id, node_id: node })),
		repeated,
	};
}
