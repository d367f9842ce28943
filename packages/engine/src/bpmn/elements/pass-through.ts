import { checkActivityAttributes, refuseForCompensation } from './activity-attributes.ts';
import { ACTIVITY_CHILDREN } from './common-children.ts';
import type { NodeReader } from './node-reader.ts';

/** Tasks that nothing here carries out: without a type, or done by hand outside of any system. */
export const passThroughTask: NodeReader = {
	children: ACTIVITY_CHILDREN,
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		refuseForCompensation(element, reading);
		return { kind: 'passThrough' };
	},
};
