import type { ProcessModel } from '../model/process-model.ts';
import { checkExtensionsOf, type IgnoredExtensions, reportIgnored } from './check-extensions.ts';
import { checkIds } from './check-ids.ts';
import { checkStructure } from './check-structure.ts';
import { BPMN_VOCABULARY, checkVocabulary } from './check-vocabulary.ts';
import { associationsIn, checkCompensated, connectCompensation } from './connect-compensation.ts';
import { connectLinks } from './connect-links.ts';
import { connectNodes } from './connect-nodes.ts';
import type { ScopeDraft } from './drafts.ts';
import { readRollbackRange } from './elements/rollback-range.ts';
import type { ModelProblem } from './model-problems.ts';
import { pickProcess } from './pick-process.ts';
import { readScope } from './read-scope.ts';
import { Reading } from './reading.ts';
import { BPMN } from './xml/namespaces.ts';
import { readXml } from './xml/read-xml.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

export type ParsedModel =
	| { readonly ok: true; readonly model: ProcessModel; readonly warnings: readonly ModelProblem[] }
	| { readonly ok: false; readonly errors: readonly ModelProblem[] };

/**
 * Reads BPMN 2.0 XML into a model that can run, or says by element and line why it cannot. Whatever the text is, it
 * takes bounded time and does not throw. It is the only function of the core that answers later, because bpmn-moddle
 * does; it does no I/O.
 * @param flowId the id it is deployed under, which chooses between several processes of one file
 */
export async function parseModel(xml: string, flowId: string | null = null): Promise<ParsedModel> {
	const document = readXml(xml);
	if (!document.ok) return { ok: false, errors: [document.problem] };
	const { root } = document;
	const reading = new Reading(root);

	if (root.namespace !== BPMN || root.name !== 'definitions') {
		reading.report('not-bpmn', root, `The root is \`<${root.qualifiedName}>\`, not \`definitions\` of BPMN 2.0.`);
		return refused(reading);
	}
	checkIds(root, reading);
	if (reading.errors.length > 0) return refused(reading);
	await checkVocabulary(root, reading, BPMN_VOCABULARY);
	if (reading.errors.length > 0) return refused(reading);

	// Tools write about themselves on the root: only what is a mistake there is worth a word.
	checkExtensionsOf(root, reading, new Map());
	const process = pickProcess(root, flowId, reading);
	const model = process === null ? null : readProcess(process, reading);
	return model === null ? refused(reading) : { ok: true, model, warnings: reading.warnings };
}

function refused(reading: Reading): ParsedModel {
	return { ok: false, errors: reading.errors };
}

function dataOf(scopes: readonly ScopeDraft[]): Pick<ProcessModel, 'data'> {
	const filled = scopes.filter(({ variables }) => Object.keys(variables).length > 0);
	const data = filled.map(({ id, variables }) => [id, variables] as const);
	return data.length === 0 ? {} : { data: Object.fromEntries(data) };
}

/** Null where there are errors. */
function readProcess(process: XmlElement, reading: Reading): ProcessModel | null {
	const ignored: IgnoredExtensions = new Map();
	checkExtensionsOf(process, reading, ignored);
	const id = attributeOf(process, 'id');
	if (id === null) reading.report('id-missing', process, 'The process needs one.');
	const read = readScope(process, id ?? '', reading, ignored);
	for (const element of reading.roots.used) checkExtensionsOf(element, reading, ignored);
	const rollbackRange = readRollbackRange(process, reading) ?? 'any';
	reportIgnored(ignored, reading);
	// What could not be read is missing in the scopes, and would be reported again as a hole in them.
	if (id === null || reading.errors.length > 0) return null;
	const associations = associationsIn(process);
	const scopes = read.map((scope) => connectCompensation(connectLinks(scope, reading), associations, reading));
	for (const scope of scopes) {
		checkStructure(scope, reading);
		checkCompensated(scope, scopes, reading);
	}
	if (reading.errors.length > 0) return null;
	const name = attributeOf(process, 'name')?.trim() || id;
	return { id, name, ...connectNodes(scopes), ...dataOf(scopes), rollbackRange };
}
