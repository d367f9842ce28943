import type { DecisionMapping } from '../model/process-model.ts';
import type { Value, Variables } from '../terms.ts';
import type { Decided } from './decided.ts';

/** The variables that a result becomes; a sentence where it is not of the form that the model asks for. */
export function mapDecided(mapping: DecisionMapping, decisionId: string, decided: Decided): Variables | string {
	const { rows } = decided;
	if (mapping.kind === 'outputs') {
		if (rows.length === 0 && mapping.needsHit) return 'No rule holds.';
		return rows.length > 1 ? { [decisionId]: rows } : (rows[0] ?? {});
	}
	const value = mapValue(mapping.as, decided);
	if (value === undefined) return `The result is not one for \`${mapping.as}\`.`;
	return mapping.name === null ? {} : { [mapping.name]: value };
}

/** Undefined where the result is not of this form. No row at all is null, or an empty list, in each. */
function mapValue(
	as: Extract<DecisionMapping, { kind: 'variable' }>['as'],
	{ value, rows }: Decided,
): Value | undefined {
	const [row = null] = rows;
	switch (as) {
		case 'value':
			return value;
		case 'resultList':
			return rows;
		case 'singleResult':
			return rows.length > 1 ? undefined : row;
		case 'singleEntry':
			if (row === null) return null;
			return rows.length > 1 ? undefined : onlyEntry(row);
		case 'collectEntries': {
			const entries = rows.map(onlyEntry);
			return entries.every((entry) => entry !== undefined) ? entries : undefined;
		}
	}
}

function onlyEntry(row: Variables): Value | undefined {
	const [first, ...others] = Object.values(row);
	return others.length === 0 ? first : undefined;
}
