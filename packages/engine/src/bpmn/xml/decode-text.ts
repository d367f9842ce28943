import { XmlFailure } from './xml-failure.ts';

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));|&/g;

/** Replaces character references and the five entities of XML; there are no others, as there is no DTD. */
export function decodeText(raw: string, at: number): string {
	const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
	if (!text.includes('&')) return text;
	return text.replace(REFERENCE, (reference: string, decimal?: string, hex?: string, name?: string) => {
		if (name !== undefined && Object.hasOwn(PREDEFINED, name)) return PREDEFINED[name] ?? '';
		const code =
			decimal !== undefined ? Number.parseInt(decimal, 10) : hex !== undefined ? Number.parseInt(hex, 16) : -1;
		if (!isXmlCharacter(code)) throw new XmlFailure('xml-invalid', `\`${reference}\` stands for no character.`, at);
		return String.fromCodePoint(code);
	});
}

/** As XML 1.0, production 2. */
function isXmlCharacter(code: number): boolean {
	if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
	return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** Characters XML has not, as they stand in a document; PostgreSQL cannot store the first of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find.
export const NO_XML_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;
