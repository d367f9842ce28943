import { type Refusal, refuse } from '../refusals.ts';
import type { StartRequest, SubmitRequest } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';

/**
 * Characters are code points, as the schemas count them. A business key is looked up by, and an index takes no long texts:
 * 2,704 bytes in a row, and a character can have four.
 */
const MAX_BUSINESS_KEY = 255;
/** What a caller may give, 255, with what is put in front of it: an app, or an event. */
const MAX_IDEMPOTENCY_KEY = 512;
/** In a key as well, so no longer than an index takes. */
const MAX_CHAT = 255;

/**
 * Null when the database can hold the texts that get columns of their own. All others are in documents, which can hold
 * anything, or name what has to be in the directory.
 */
export function whyNotStorable(request: StartRequest | SubmitRequest): Refusal | null {
	const texts: Record<string, { readonly text: string; readonly max: number }> = {
		idempotency_key: { text: request.idempotency?.key ?? '', max: MAX_IDEMPOTENCY_KEY },
	};
	if ('flowId' in request) texts.business_key = { text: request.businessKey ?? '', max: MAX_BUSINESS_KEY };
	else if (request.command.type === 'link-chat-group') {
		texts.chat = { text: request.command.chat, max: MAX_CHAT };
		texts.chat_name = { text: request.command.name, max: Number.POSITIVE_INFINITY };
	}
	const bad = Object.entries(texts).find(([, { text, max }]) => !isStorable(text) || isLonger(text, max));
	return bad === undefined ? null : refuse('variables-invalid', { name: bad[0] });
}

function isLonger(text: string, max: number): boolean {
	// Most texts are short, whichever way they are counted.
	return text.length > max && [...text].length > max;
}
