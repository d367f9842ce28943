import Type from 'typebox';
import type { Delivery, RefusedEvent } from '../../../services.ts';
import { nullable } from '../fields.ts';

const RefusedSchema = Type.Object({
	code: Type.String({ description: 'stable; see docs/errors.md' }),
	details: Type.Record(Type.String(), Type.String()),
	instance_id: nullable(Type.String({ description: 'what waits in it waits on; null for a flow' })),
	namespace: nullable(Type.String()),
	flow_id: nullable(Type.String({ description: 'the flow that was to start; null for an instance' })),
});

export const DeliverySchema = Type.Object({
	delivered: Type.Array(Type.String(), { description: 'the instances in which something waited for it' }),
	started: Type.Array(Type.String(), { description: 'the instances that it started' }),
	refused: Type.Array(RefusedSchema, { description: 'where it could not come, and why' }),
});

export function deliveryView({ delivered, started, refused = [] }: Delivery) {
	return { delivered, started, refused: refused.map(refusedView) };
}

function refusedView({ by, code, details }: RefusedEvent) {
	if ('instance' in by) return { code, details, instance_id: by.instance, namespace: null, flow_id: null };
	return { code, details, instance_id: null, namespace: by.namespace, flow_id: by.flowId };
}
