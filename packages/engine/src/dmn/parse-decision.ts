import { DmnModdle } from 'dmn-moddle';
import { checkIds } from '../bpmn/check-ids.ts';
import { checkVocabulary, type Vocabulary } from '../bpmn/check-vocabulary.ts';
import type { ModelProblem } from '../bpmn/model-problems.ts';
import { Reading } from '../bpmn/reading.ts';
import { DMN } from '../bpmn/xml/namespaces.ts';
import { readXml } from '../bpmn/xml/read-xml.ts';
import type { DecisionModel } from '../model/decision-model.ts';
import { readDecisions } from './read-decisions.ts';

export type ParsedDecision =
	| { readonly ok: true; readonly model: DecisionModel; readonly warnings: readonly ModelProblem[] }
	| { readonly ok: false; readonly errors: readonly ModelProblem[] };

const DMN_VOCABULARY: Vocabulary = {
	moddle: new DmnModdle(),
	namespace: 'https://www.omg.org/spec/DMN/20191111/MODEL/',
	rootType: 'dmn:Definitions',
	foreign: 'not-dmn',
};

/**
 * Reads one decision of a DMN file, with those that it requires, or says by element and line why it cannot be taken.
 * The way of the reader of BPMN (bpmn/parse-model.ts), with the same limits.
 */
export async function parseDecision(xml: string, decisionId: string): Promise<ParsedDecision> {
	const document = readXml(xml);
	if (!document.ok) return { ok: false, errors: [document.problem] };
	const { root } = document;
	const reading = new Reading(root);
	if (!DMN.includes(root.namespace) || root.name !== 'definitions') {
		const shown = `\`<${root.qualifiedName}>\` of the namespace \`${root.namespace.slice(0, 100)}\``;
		reading.report(
			'not-dmn',
			root,
			`The root is ${shown}; \`definitions\` of DMN 1.3 are of \`${DMN_VOCABULARY.namespace}\`.`,
		);
		return { ok: false, errors: reading.errors };
	}
	checkIds(root, reading);
	if (reading.errors.length === 0) await checkVocabulary(root, reading, DMN_VOCABULARY);
	const model = reading.errors.length === 0 ? readDecisions(root, decisionId, reading) : null;
	if (model === null || reading.errors.length > 0) return { ok: false, errors: reading.errors };
	return { ok: true, model, warnings: reading.warnings };
}
