import fc from 'fast-check';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { BESIDE_MODELS } from '../models/beside-models.ts';
import { blockModel } from '../models/blocks.ts';
import { callingModel } from '../models/called-models.ts';
import { COMPENSATED_MODELS } from '../models/compensated-models.ts';
import { conditionalModel } from '../models/conditional-models.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { NAMED_MODELS } from '../models/named-models.ts';
import { eventModel, multiInstanceModel, subprocessModel } from '../models/scoped-models.ts';
import { unstructuredModel } from '../models/unstructured.ts';

/** Where the models come from that the laws are held against. */
export const GENERATORS = {
	'named models': fc.constantFrom(...Object.values(NAMED_MODELS)),
	'blocks and loops': blockModel(),
	'unstructured graphs': unstructuredModel(),
	'exits around inclusive joins': inclusiveExitModel(),
	'subprocesses with boundary events': subprocessModel(),
	'repeated activities': multiInstanceModel(),
	'events and errors': eventModel(),
	'calls of other flows': callingModel(),
	compensation: fc.constantFrom(...Object.values(COMPENSATED_MODELS)),
	conditions: conditionalModel(),
	'events beside tasks': fc.constantFrom(...Object.values(BESIDE_MODELS)),
} as const satisfies Readonly<Record<string, fc.Arbitrary<ProcessModel>>>;

export type GeneratorName = keyof typeof GENERATORS;

export const GENERATOR_NAMES = Object.keys(GENERATORS) as readonly GeneratorName[];
