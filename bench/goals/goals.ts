import { AGREE_AGAINST_SQL } from './agree-against-sql.ts';
import { AGREE_WITH_HISTORY } from './agree-with-history.ts';
import { BATCHING } from './batching.ts';
import { FIRST_START } from './first-start.ts';
import type { Goal } from './goal.ts';
import { INBOX_SIZE } from './inbox-size.ts';
import { MEMORY } from './memory.ts';
import { OVERLOAD } from './overload.ts';
import { ROLLBACK_WITH_HISTORY } from './rollback-with-history.ts';

/** The goals that a benchmark can judge; the others are laws, and tests hold them. The peers (3) have a bench of their own. */
export const GOALS: readonly Goal[] = [
	AGREE_AGAINST_SQL,
	ROLLBACK_WITH_HISTORY,
	AGREE_WITH_HISTORY,
	INBOX_SIZE,
	BATCHING,
	OVERLOAD,
	FIRST_START,
	MEMORY,
];
