import { Budget } from '../expressions/budget.ts';
import { FeelError } from '../expressions/feel-error.ts';
import { inWords, variablesInWords } from '../expressions/reads-of.ts';
import { isData, toValue } from '../expressions/to-value.ts';
import { lookup } from '../lookup.ts';
import type { Decision, DecisionModel } from '../model/decision-model.ts';
import type { ElementId, Variables } from '../terms.ts';
import { type Decided, DecisionFailure, type RawDecided } from './decided.ts';
import { evaluateExpression, type Known } from './evaluate-expression.ts';
import { evaluateTable } from './evaluate-table.ts';

export type DecisionOutcome =
	| { readonly ok: true; readonly decided: Decided }
	| { readonly ok: false; readonly message: string };

/**
 * Takes a decision, and before it those that it requires. Where all of it is plain the time is bounded by its own size
 * and by a budget; else it has no bound, so call it only where it can be killed (see `isPlain`).
 */
export function evaluateDecision(
	{ decisions }: DecisionModel,
	variables: Variables,
	budget = new Budget(),
): DecisionOutcome {
	const given = variablesInWords(variables);
	const results = new Map<ElementId, Results>();
	let decided: Decided = { value: null, rows: [] };
	for (const decision of decisions) {
		try {
			const { requires = results.keys() } = decision;
			const required = [...requires].flatMap((id) => results.get(id) ?? []);
			const raw = decide(decision, seenBy(required, given, budget));
			decided = toDecided(raw, budget);
			results.set(decision.id, resultsOf(decision, raw, budget));
		} catch (error) {
			if (!(error instanceof DecisionFailure || error instanceof FeelError)) throw error;
			return { ok: false, message: `${decision.id}: ${error.message}` };
		}
	}
	return { ok: true, decided };
}

function decide({ name, logic }: Decision, known: Known): RawDecided {
	if (logic.kind === 'decisionTable') return evaluateTable(logic, known);
	const value = evaluateExpression(logic.expression, known);
	return { value, rows: [{ [name]: value }] };
}

/** Of each, which bounds it: a few that each give a list of what they require would make one that nothing can hold. */
function toDecided({ value, rows }: RawDecided, budget: Budget): Decided {
	return { value: toValue(value, budget), rows: toValue(rows, budget) as readonly Variables[] };
}

/** Under which names a result is seen by those that require it. */
interface Results {
	/** As in Camunda 7. */
	readonly outputs: readonly Named[];
	/** As in Camunda 8. */
	readonly id: Named;
	/** As in DMN. */
	readonly name: Named;
	readonly isData: boolean;
}

type Named = readonly [name: string, value: unknown];

/** The variables of the process, and over them what a decision requires; what DMN says goes over what others add. */
function seenBy(required: readonly Results[], given: Variables, budget: Budget): Known {
	const variables = { ...given, ...variablesInWords(Object.fromEntries(namedBy(required))) };
	budget.spend(Object.keys(variables).length);
	const temporal = namedBy(required.filter((results) => !results.isData)).map(([name]) => inWords(name));
	return { variables, temporal: new Set(temporal), budget };
}

function namedBy(required: readonly Results[]): readonly Named[] {
	return [
		...required.flatMap(({ outputs }) => outputs),
		...required.map(({ id }) => id),
		...required.map(({ name }) => name),
	];
}

function resultsOf({ id, name, logic }: Decision, { value, rows }: RawDecided, budget: Budget): Results {
	const [row = {}, ...others] = rows;
	const outputs = logic.kind === 'decisionTable' ? logic.outputs : [];
	const perOutput = outputs.map((output): Named => {
		if (outputs.length === 1) return [output.name, value];
		const first = lookup(row, output.name) ?? null;
		return [output.name, others.length === 0 ? first : rows.map((each) => lookup(each, output.name) ?? null)];
	});
	return { outputs: perOutput, id: [id, value], name: [name, value], isData: isData(rows, budget) };
}

/** The names that `resultsOf` gives: for those that require it they hide variables of the process. */
export function resultNames({ id, name, logic }: Decision): readonly string[] {
	return [id, name, ...(logic.kind === 'decisionTable' ? logic.outputs.map((output) => output.name) : [])];
}
