import type { TaskId, UserId } from '@sendback/engine/terms.ts';

export interface RollbackCurl {
	readonly url: string;
	readonly token: string;
	readonly task: TaskId;
	readonly user: UserId;
	readonly to: TaskId;
	/** Must not hold a single quote: the line is for a shell. */
	readonly opinion: string;
}

/** The call of the page that everything started from, as one line for a terminal. */
export function rollbackCurl({ url, token, task, user, to, opinion }: RollbackCurl): string {
	const body = JSON.stringify({ operator_user_id: user, to_task_id: to, opinion });
	return [
		`curl -sS -X POST '${url}/open-apis/apaas/v1/user_tasks/${task}/rollback'`,
		`-H 'Authorization: Bearer ${token}'`,
		"-H 'Content-Type: application/json'",
		`-d '${body}'`,
	].join(' ');
}
