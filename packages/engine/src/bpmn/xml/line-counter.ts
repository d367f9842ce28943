/** Gives the line of a position, in time linear in the document as long as the positions ascend. */
export class LineCounter {
	readonly #text: string;
	#at = 0;
	#line = 1;

	constructor(text: string) {
		this.#text = text;
	}

	lineOf(at: number): number {
		if (at < this.#at) {
			this.#at = 0;
			this.#line = 1;
		}
		for (; this.#at < at; this.#at += 1) {
			const code = this.#text.charCodeAt(this.#at);
			const returnAlone = code === 13 && this.#text.charCodeAt(this.#at + 1) !== 10;
			if (code === 10 || returnAlone) this.#line += 1;
		}
		return this.#line;
	}
}
