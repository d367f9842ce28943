import fc, { type Arbitrary } from 'fast-check';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { blockDraft } from './blocks.ts';
import { build, type Draft } from './draft.ts';
import { type Mutation, mutate, mutation } from './mutations.ts';
import { isUsable } from './soundness.ts';

export interface UnstructuredOptions {
	/** Nodes at most, start and end included. */
	readonly maxNodes: number;
	/** Changes that are tried on each model; those that make it unsound are left out. */
	readonly changes: number;
}

/**
 * Sound and safe models that are no blocks any more: small block models with jumps, converted and fused gateways, each
 * change kept only where the explored model stays sound.
 */
export function unstructuredModel({
	maxNodes = 25,
	changes = 8,
}: Partial<UnstructuredOptions> = {}): Arbitrary<ProcessModel> {
	return fc
		.tuple(blockDraft({ maxNodes: 12 }), fc.array(mutation(), { minLength: 1, maxLength: changes }))
		.map(([draft, mutations]) => build(keepSound(draft, [...mutations, ...FUSES], maxNodes)))
		.filter(isUsable);
}

/** At the end, because the gateways that a jump adds often stand next to their like. */
const FUSES: readonly Mutation[] = [
	{ kind: 'fuse', flow: 0 },
	{ kind: 'fuse', flow: 0 },
];

/** The draft after those changes, in order, that leave it sound. */
export function keepSound(draft: Draft, mutations: readonly Mutation[], maxNodes: number): Draft {
	return mutations.reduce((current, change) => {
		const changed = mutate(current, change);
		return changed !== null && changed.nodes.length <= maxNodes && isUsable(build(changed)) ? changed : current;
	}, draft);
}
