import { setTimeout as sleep } from 'node:timers/promises';

/** Does a piece of work that can wait, and then leaves the database to others for as long as it took. */
export async function gently<Result>(work: () => Promise<Result>): Promise<Result> {
	const began = performance.now();
	const result = await work();
	await sleep(performance.now() - began);
	return result;
}
