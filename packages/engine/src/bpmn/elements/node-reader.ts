import type { NodeBody } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';

/** How one kind of BPMN flow node is read. */
export interface NodeReader {
	/** Elements of BPMN it may contain beside those that every node may (common-children.ts). */
	readonly children: readonly string[];
	/** BPMN gives it a default flow: activities, and gateways that choose. */
	readonly hasDefault: boolean;
	/** Reports what it cannot read, and answers something all the same: the reading goes on to find more. */
	readonly read: (element: XmlElement, reading: Reading) => NodeBody;
}
