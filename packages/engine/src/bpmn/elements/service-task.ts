import { checkActivityAttributes } from './activity-attributes.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { classicAttribute } from './extension-attributes.ts';
import { readExternalWork } from './external-work.ts';
import { readFlowableDecision, warnOfFields } from './flowable-decision.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';

export const serviceTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		const loop = readLoop(element, reading);
		if (classicAttribute(element, 'type') === 'dmn') {
			return loop === 'refused' ? null : readFlowableDecision(element, loop, reading);
		}
		const work = readExternalWork(element, reading);
		if (work === null) {
			reading.report('topic-missing', element, 'Name one, such as `sendback:topic="payments"`.');
			return null;
		}
		warnOfFields(element, reading);
		return work === 'refused' || loop === 'refused' ? null : { kind: 'serviceTask', loop, ...work };
	},
};
