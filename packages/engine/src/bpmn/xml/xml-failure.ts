import type { ModelProblemCode } from '../model-problems.ts';

/** Stops the reading of a document; caught by readXml, never seen outside. */
export class XmlFailure extends Error {
	readonly code: ModelProblemCode;
	readonly at: number;

	/** `at`: the position in the document. */
	constructor(code: ModelProblemCode, message: string, at: number) {
		super(message);
		this.code = code;
		this.at = at;
	}
}
