import { atEndOfTurn } from './end-of-turn.ts';

/** Asks once for all who want the same in one turn of the event loop. */
export function onceATurn<Value>(ask: () => Promise<Value>): () => Promise<Value> {
	let asked: Promise<Value> | null = null;
	return () => {
		asked ??= new Promise((resolve) => {
			atEndOfTurn('accept', () => {
				asked = null;
				resolve(ask());
			});
		});
		return asked;
	};
}
