import type { RollbackRange } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { readChoice } from './read-choice.ts';

const RANGES: readonly RollbackRange[] = ['any', 'previous', 'initiator', 'none'];

export function readRollbackRange(element: XmlElement, reading: Reading): RollbackRange | null {
	return readChoice(element, 'rollbackRange', RANGES, reading);
}
