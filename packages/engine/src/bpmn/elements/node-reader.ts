import type { NodeBody } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';

/** How one kind of BPMN flow node is read. */
export interface NodeReader {
	/**
	 * Elements of BPMN it may contain beside those that every node may (common-children.ts); `scope`: nodes and flows,
	 * which are read like those of the process.
	 */
	readonly children: readonly string[] | 'scope';
	/** BPMN gives it a default flow: activities, and gateways that choose. */
	readonly hasDefault: boolean;
	/** Null, and a problem noted, where it cannot be read; the reading goes on to find more. */
	readonly read: (element: XmlElement, reading: Reading) => NodeBody | null;
}
