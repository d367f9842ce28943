import { expect } from 'vitest';
import type { ModelProblem } from '../../src/bpmn/model-problems.ts';
import { parseModel } from '../../src/bpmn/parse-model.ts';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';

/** The model of a file that has to be accepted. */
export async function read(
	xml: string,
	flowId: string | null = null,
): Promise<ProcessModel & { readonly warnings: readonly string[] }> {
	const parsed = await parseModel(xml, flowId);
	if (!parsed.ok) expect.fail(parsed.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
	return { ...parsed.model, warnings: parsed.warnings.map(shown) };
}

/** The errors of a file that has to be refused, as `code elementId:line`. */
export async function errorsOf(xml: string): Promise<readonly string[]> {
	const parsed = await parseModel(xml);
	if (parsed.ok) expect.fail('the model was accepted');
	return parsed.errors.map(shown);
}

export function nodeOf<Kind extends Node['kind']>(
	model: ProcessModel,
	id: string,
	kind: Kind,
): Extract<Node, { kind: Kind }> {
	const node = model.nodes[id];
	if (node?.kind !== kind) expect.fail(`${id} is ${node?.kind}`);
	return node as Extract<Node, { kind: Kind }>;
}

function shown({ code, elementId, line }: ModelProblem): string {
	return `${code} ${elementId}:${line}`;
}
