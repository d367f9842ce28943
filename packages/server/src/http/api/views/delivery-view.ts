import Type from 'typebox';
import type { Delivery } from '../../../services.ts';

export const DeliverySchema = Type.Object({
	delivered: Type.Array(Type.String(), { description: 'the instances in which something waited for it' }),
	started: Type.Array(Type.String(), { description: 'the instances that it started' }),
});

export function deliveryView({ delivered, started }: Delivery) {
	return { delivered, started };
}
