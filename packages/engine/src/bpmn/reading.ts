import type { Expression, Text } from '../expressions/expression.ts';
import { type KnownNames, knownNames } from '../expressions/known-names.ts';
import { type ParsedExpression, parseExpression, parseFeel, parseUnaryTests } from '../expressions/parse-expression.ts';
import { parseText } from '../expressions/parse-text.ts';
import type { ElementId } from '../terms.ts';
import { MODEL_PROBLEMS, type ModelProblem, type ModelProblemCode, modelProblem } from './model-problems.ts';
import { RootElements } from './root-elements.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

/** More problems than these help nobody; the rest is left out. */
const MAX_PROBLEMS = 100;

/** Characters of all expressions of a model that are beyond the plain ones: feelin takes 0.1 s for 4,000 at worst. */
const MAX_FEEL_CHARACTERS = 20_000;

const VARIABLE = /^[\p{L}_$][\p{L}\p{N}_$]{0,254}$/u;

/** One reading of one model: what was found wrong, and what is left of what a model may cost. */
export class Reading {
	readonly #errors: ModelProblem[] = [];
	readonly #warnings: ModelProblem[] = [];
	#feelCharacters = 0;
	#known: KnownNames = new Map();
	readonly #standard: string;
	readonly roots: RootElements;

	constructor(definitions: XmlElement) {
		this.#standard = definitions.namespace;
		this.roots = new RootElements(definitions);
	}

	get errors(): readonly ModelProblem[] {
		return this.#errors;
	}

	get warnings(): readonly ModelProblem[] {
		return this.#warnings;
	}

	/** Notes a problem of an element; `detail` is a sentence that says more than the code does. */
	report(
		code: ModelProblemCode,
		element: XmlElement,
		detail: string,
		elementId: ElementId | null = idOf(element, this.#standard),
	): void {
		const { severity, message } = MODEL_PROBLEMS[code];
		const list = severity === 'error' ? this.#errors : this.#warnings;
		if (list.length < MAX_PROBLEMS) list.push(modelProblem(code, elementId, element.line, `${message} ${detail}`));
	}

	/** Reads with these names known to FEEL. */
	knowing<T>(names: readonly string[], read: () => T): T {
		this.#known = knownNames(names);
		const result = read();
		this.#known = new Map();
		return result;
	}

	/** Null, and a problem noted, where the text cannot be read. */
	text(element: XmlElement, raw: string): Text | null {
		if (!this.#affords(element, raw)) return null;
		const parsed = parseText(raw);
		if (!parsed.ok) return this.#refuse(element, raw, parsed.message);
		if (parsed.text.kind === 'expression') this.#spend(parsed.text.expression);
		return parsed.text;
	}

	/** Null, and a problem noted, where the expression cannot be read. */
	expression(element: XmlElement, raw: string, defaultLanguage: 'feel' | null): Expression | null {
		return this.#compile(element, raw, (text) => parseExpression(text, defaultLanguage));
	}

	/** The same where only FEEL may stand. */
	feel(element: XmlElement, raw: string): Expression | null {
		return this.#compile(element, raw, (text) => parseFeel(text, this.#known));
	}

	/** The same for the unary tests of a decision table. */
	unaryTests(element: XmlElement, raw: string): Expression | null {
		return this.#compile(element, raw, (text) => parseUnaryTests(text, this.#known));
	}

	/** The value of a variable; null, and a problem noted, where it cannot be the name of one. */
	variable(element: XmlElement, name: string): Expression | null {
		if (VARIABLE.test(name)) return { language: 'juel', source: name, tree: { kind: 'path', names: [name] } };
		this.report('expression-invalid', element, `\`${name.slice(0, 60)}\` is not the name of a variable.`);
		return null;
	}

	#compile(element: XmlElement, raw: string, parse: (text: string) => ParsedExpression): Expression | null {
		if (!this.#affords(element, raw)) return null;
		const parsed = parse(raw);
		if (!parsed.ok) return this.#refuse(element, raw, parsed.message);
		this.#spend(parsed.expression);
		return parsed.expression;
	}

	#affords(element: XmlElement, raw: string): boolean {
		if (this.#feelCharacters <= MAX_FEEL_CHARACTERS) return true;
		const start = raw.trim().slice(0, 40);
		this.report('model-too-large', element, `\`${start}\` is not read: there is too much FEEL before it.`);
		return false;
	}

	/** What is refused was tried as FEEL too, and that takes the time. */
	#refuse(element: XmlElement, raw: string, message: string): null {
		this.#feelCharacters += raw.length;
		this.report('expression-invalid', element, message);
		return null;
	}

	#spend(expression: Expression): void {
		if (expression.tree === null) this.#feelCharacters += expression.source.length;
	}
}

/** The id of the element, or of the nearest around it that has one. What extensions contain has none of the model's. */
function idOf(element: XmlElement, standard: string): ElementId | null {
	for (let each: XmlElement | null = element; each !== null; each = each.parent) {
		const id = each.namespace === standard ? attributeOf(each, 'id') : null;
		if (id !== null) return id;
	}
	return null;
}
