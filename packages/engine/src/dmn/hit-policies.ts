import { FeelDuration } from 'feelin';
import type { Budget } from '../expressions/budget.ts';
import { rawFeel } from '../expressions/evaluate-feel.ts';
import { finite } from '../expressions/finite.ts';
import { applyFeel, feelEquals } from '../expressions/rules-feel.ts';
import { isData, toValue } from '../expressions/to-value.ts';
import { lookup } from '../lookup.ts';
import type { Aggregation, DecisionTable } from '../model/decision-model.ts';
import { DecisionFailure, type RawDecided, type RawRow } from './decided.ts';

/** A rule that holds, by its number from 1, and its outputs by name. */
export interface Hit {
	readonly rule: number;
	readonly row: RawRow;
}

/** What rules that hold give together (DMN 1.5, 8.2.8); there is at least one. */
export function applyHitPolicy(table: DecisionTable, hits: readonly Hit[], budget: Budget): RawDecided {
	const rows = hits.map(({ row }) => row);
	switch (table.hitPolicy) {
		case 'UNIQUE':
			if (hits.length > 1) throw new DecisionFailure(`The rules ${numbers(hits)} hold, and only one may.`);
			return rowsOf(table, rows, budget);
		case 'ANY': {
			const [first = null] = rows;
			if (rows.some((row) => applied('=', row, first, budget) !== true))
				throw new DecisionFailure(`The rules ${numbers(hits)} hold, and their outputs differ.`);
			return rowsOf(table, rows.slice(0, 1), budget);
		}
		case 'FIRST':
		case 'COLLECT':
		case 'RULE ORDER':
			return rowsOf(table, rows, budget);
		case 'PRIORITY':
			return rowsOf(table, byPriority(table, rows, budget).slice(0, 1), budget);
		case 'OUTPUT ORDER':
			return rowsOf(table, byPriority(table, rows, budget), budget);
	}
}

/** The result that rows make, none of them included. */
export function rowsOf(table: DecisionTable, rows: readonly RawRow[], budget: Budget): RawDecided {
	const values = rows.map((row) => valueOfRow(table, row));
	if (table.aggregation !== null) {
		const value = aggregate(table.aggregation, values, budget);
		const [output] = table.outputs;
		return { value, rows: value === null || output === undefined ? [] : [{ [output.name]: value }] };
	}
	return { value: givesList(table) ? values : (values[0] ?? null), rows };
}

export function valueOfRow({ outputs }: DecisionTable, row: RawRow): unknown {
	const [only] = outputs;
	return outputs.length === 1 && only !== undefined ? (lookup(row, only.name) ?? null) : row;
}

function givesList({ hitPolicy }: DecisionTable): boolean {
	return hitPolicy === 'COLLECT' || hitPolicy === 'RULE ORDER' || hitPolicy === 'OUTPUT ORDER';
}

function aggregate(aggregation: Aggregation, values: readonly unknown[], budget: Budget): unknown {
	if (aggregation === 'COUNT') return values.length;
	const [first, ...others] = values;
	if (first === undefined) return null;
	if (aggregation === 'SUM') return sum([first, ...others], budget);
	const comparison = aggregation === 'MIN' ? '<' : '>';
	return [first, ...others].reduce((best, value) => {
		const better = applied(comparison, value, best, budget);
		if (better === null) throw new DecisionFailure('The outputs cannot be compared.');
		return better === true ? value : best;
	});
}

function sum(values: readonly unknown[], budget: Budget): unknown {
	if (values.every((value) => typeof value === 'number'))
		return finite(values.reduce((total, value) => total + value, 0));
	const areDurations = values.every((value) => value instanceof FeelDuration);
	const [first, ...others] = values;
	const total = areDurations ? others.reduce((all, value) => applied('+', all, value, budget), first) : null;
	if (total !== null) return total;
	throw new DecisionFailure('The outputs that are summed up are neither all numbers nor all durations of one kind.');
}

/** What FEEL has the operator give; of dates and durations, which are no data, by feelin. */
function applied(operator: '=' | '<' | '>' | '+', left: unknown, right: unknown, budget: Budget): unknown {
	if (isData(left, budget) && isData(right, budget)) return applyFeel(operator, left, right, budget);
	// feelin orders a date and a text.
	if (Object(left).constructor !== Object(right).constructor) return null;
	return rawFeel(`left ${operator} right`, { left, right });
}

/** The first output decides, then the second, and so on; a value that is not listed comes last. */
function byPriority({ outputs }: DecisionTable, rows: readonly RawRow[], budget: Budget): readonly RawRow[] {
	const ranks = (row: RawRow) =>
		outputs.map(({ name, values }) => {
			const given = toValue(lookup(row, name), budget);
			const rank = values.findIndex((value) => feelEquals(value, given, budget) === true);
			return rank === -1 ? values.length : rank;
		});
	const ranked = rows.map((row) => ({ row, rank: ranks(row) }));
	ranked.sort((a, b) => a.rank.map((rank, index) => rank - (b.rank[index] ?? 0)).find((each) => each !== 0) ?? 0);
	return ranked.map(({ row }) => row);
}

function numbers(hits: readonly Hit[]): string {
	return hits.map(({ rule }) => rule).join(', ');
}
