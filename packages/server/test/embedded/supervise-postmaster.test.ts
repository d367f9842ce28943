import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { hasEnded, type OnSpawn } from '../../src/storage/embedded/postmaster.ts';
import { superviseServer } from '../../src/storage/embedded/supervise-postmaster.ts';

/** A stand-in for the server that ends by itself after `seconds`. */
function launcher(seconds: number, launched: ChildProcess[]) {
	return async (onSpawn: OnSpawn): Promise<ChildProcess> => {
		const child = spawn('sleep', [String(seconds)]);
		launched.push(child);
		onSpawn(child);
		await once(child, 'spawn');
		return child;
	};
}

test('a server that always ends is started again a bounded number of times, then reported once', async () => {
	const launched: ChildProcess[] = [];
	const reasons: string[] = [];
	let gaveUp: () => void = () => undefined;
	const givenUp = new Promise<void>((resolve) => {
		gaveUp = resolve;
	});
	const supervisor = await superviseServer({
		launch: launcher(0.01, launched),
		log: () => undefined,
		onGiveUp: (reason) => {
			reasons.push(reason);
			gaveUp();
		},
		restartDelays: [0, 5, 10],
	});
	await givenUp;
	expect(launched).toHaveLength(4);
	expect(reasons).toEqual([expect.stringContaining('exit status 0')]);
	await supervisor.stop();
});

test('a stop between two restarts ends the waiting and starts nothing more', async () => {
	const launched: ChildProcess[] = [];
	const supervisor = await superviseServer({
		launch: launcher(0.01, launched),
		log: () => undefined,
		onGiveUp: () => expect.unreachable(),
		restartDelays: [60_000],
	});
	await new Promise((resolve) => setTimeout(resolve, 100));
	await supervisor.stop();
	expect(launched).toHaveLength(1);
});

test('a stop ends a running server, and no exit hook stays behind', async () => {
	const hooks = process.listenerCount('exit');
	const launched: ChildProcess[] = [];
	const supervisor = await superviseServer({
		launch: launcher(60, launched),
		log: () => undefined,
		onGiveUp: () => expect.unreachable(),
	});
	expect(process.listenerCount('exit')).toBe(hooks + 1);
	await supervisor.stop();
	expect(launched.every(hasEnded)).toBe(true);
	expect(process.listenerCount('exit')).toBe(hooks);
});
