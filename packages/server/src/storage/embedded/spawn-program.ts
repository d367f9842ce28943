import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { spawnError } from './server-failure.ts';
import type { ServerUser } from './server-user.ts';

export interface ProgramCall {
	program: string;
	parameters: readonly string[];
	environment: Record<string, string>;
	user: ServerUser | undefined;
	stdio: SpawnOptions['stdio'];
}

/** Spawns one of the PostgreSQL programs as the server's user. Resolves once it exists. */
export function spawnProgram({ program, parameters, environment, user, stdio }: ProgramCall): Promise<ChildProcess> {
	return new Promise((resolve, reject) => {
		// Node throws some spawn failures (EPERM) and emits others (ENOENT, EACCES).
		const fail = (error: unknown): void => reject(spawnError(error, program, user));
		try {
			const child = spawn(program, parameters, {
				// A group of its own: Ctrl-C in the terminal goes to us alone, and we stop the server when we are done with it.
				detached: true,
				// Our own working folder may be closed to the server's user.
				cwd: '/',
				env: environment,
				stdio,
				...(user && { uid: user.uid, gid: user.gid }),
			});
			child.once('error', fail);
			child.once('spawn', () => resolve(child));
		} catch (error) {
			fail(error);
		}
	});
}
