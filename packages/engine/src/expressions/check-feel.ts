import { parseExpression, parseUnaryTests } from 'feelin';
import { namesIn, parseKnowing } from './feel-names.ts';
import { FOREIGN_OPERATORS } from './feel-words.ts';
import { inParts, type KnownNames } from './known-names.ts';
import type { Complaint } from './tokenize.ts';

/** feelin's parser takes time in the square of its input where the input is nested: 4,000 characters, 0.2 s. */
const MAX_LENGTH = 4_000;
const MAX_NESTING = 50;

/** The variables that FEEL reads, each once, with single spaces inside (reads-of.ts). */
export interface FeelNames {
	readonly names: readonly string[];
}

/** Says what is wrong with a source as FEEL; else feelin will evaluate it, and as its author meant it. */
export function checkFeel(source: string, known: KnownNames): Complaint | FeelNames {
	return check(source, known, parseExpression);
}

/** The same of a source that is the unary tests of a decision table. */
export function checkUnaryTests(source: string, known: KnownNames): Complaint | FeelNames {
	return check(source, known, parseUnaryTests);
}

function check(source: string, known: KnownNames, parse: typeof parseExpression): Complaint | FeelNames {
	if (source.length > MAX_LENGTH) {
		return { at: MAX_LENGTH, message: `an expression beyond the plain ones has at most ${MAX_LENGTH} characters` };
	}
	const deep = positionOfDeepNesting(source);
	if (deep !== null) return { at: deep, message: 'it is nested too deeply' };
	let complaint: Complaint | null = null;
	const tree = parseKnowing(source, known, parse);
	tree.iterate({
		enter(node) {
			if (complaint !== null) return false;
			const afterOperator = node.node.prevSibling?.name === 'CompareOp';
			const text = source.slice(node.from, node.to);
			const isKnown = node.name === 'VariableName' && known.has(inParts(text));
			if (node.type.isError) complaint = { at: node.from, message: 'this is not FEEL' };
			else if (afterOperator && node.name === 'SimplePositiveUnaryTest') complaint = doubledOperator(node.from);
			else if (!isKnown) complaint = misleading(node.name, text, node.from) ?? unlikeOperands(node.node, text);
			return complaint === null;
		},
	});
	return complaint ?? { names: namesIn(tree, source, known) };
}

/** `a == 1`, `a <> 1`: feelin compares with the result of a test. */
function doubledOperator(at: number): Complaint {
	return { at, message: 'FEEL compares with `=`, `!=`, `<`, `<=`, `>`, `>=`' };
}

/** Syntax that feelin accepts and then evaluates to something its author cannot have meant. */
function misleading(node: string, text: string, at: number): Complaint | null {
	if (node === 'NumericLiteral' && /e/i.test(text)) {
		return { at, message: `write ${text} without an exponent` };
	}
	if (node === 'VariableName') {
		const operator = text.split(/\s+/u).find((word) => FOREIGN_OPERATORS.has(word));
		if (operator !== undefined && operator !== text) {
			return { at, message: `FEEL has no operator \`${operator}\`: \`${text}\` would be the name of a variable` };
		}
	}
	return null;
}

type SyntaxNode = ReturnType<typeof parseExpression>['topNode'];

/** Operands whose type is to be seen and for which feelin has another value than FEEL, or none without a word. */
function unlikeOperands({ name, from, prevSibling, nextSibling }: SyntaxNode, text: string): Complaint | null {
	const beside = [prevSibling?.name, nextSibling?.name];
	if (name === 'ArithOp' && (text === '*' || text === '/') && beside.includes('DateTimeLiteral')) {
		return { at: from, message: 'dates and durations are neither multiplied nor divided' };
	}
	if (name !== 'CompareOp') return null;
	if (beside.includes('DateTimeLiteral') && beside.includes('StringLiteral')) {
		return { at: from, message: 'a date or duration is not compared with a text' };
	}
	const isOrder = text !== '=' && text !== '!=';
	return isOrder && beside.includes('BooleanLiteral')
		? { at: from, message: '`true` and `false` have no order' }
		: null;
}

function positionOfDeepNesting(source: string): number | null {
	let open = 0;
	for (let at = 0; at < source.length; at += 1) {
		const character = source.charAt(at);
		if (character === '(' || character === '[' || character === '{') open += 1;
		else if (character === ')' || character === ']' || character === '}') open -= 1;
		if (open > MAX_NESTING) return at;
	}
	return null;
}
