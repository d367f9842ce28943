import type { Operation } from '../operation.ts';
import type { Stock } from '../stock.ts';

export interface MixParts {
	readonly stock: Stock;
	readonly start: Operation;
	readonly agree: Operation;
	readonly rollback: Operation;
	readonly inbox: Operation;
}

/** What a caller does in turn: people look before they decide, and about one decision in twelve sends back. */
const ROUND = [
	'inbox',
	'agree',
	'agree',
	'agree',
	'inbox',
	'agree',
	'agree',
	'agree',
	'inbox',
	'agree',
	'agree',
	'agree',
	'agree',
	'agree',
	'agree',
	'rollback',
] as const;

/** A day at an office, in small. An instance that ended is replaced by a new one, so that as many are open as at the beginning. */
export function mixOperation({ stock, start, agree, rollback, inbox }: MixParts): Operation {
	const parts = { agree, rollback, inbox };
	const turns: number[] = [];
	const open: number[] = [];
	return {
		next: (caller) => {
			open[caller] ??= stock.size(caller);
			if (stock.size(caller) < open[caller]) return start.next(caller);
			const turn = turns[caller] ?? caller;
			turns[caller] = turn + 1;
			// What has just been started cannot be sent back.
			return parts[ROUND[turn % ROUND.length] ?? 'agree'].next(caller) ?? agree.next(caller);
		},
	};
}
