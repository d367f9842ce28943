import type { HttpContext } from '../http-context.ts';
import { addAssignees } from './calls/add-assignees.ts';
import { advanceTestClock } from './calls/advance-test-clock.ts';
import { cancelInstance } from './calls/cancel-instance.ts';
import { completeTask } from './calls/complete-task.ts';
import { copyTask } from './calls/copy-task.ts';
import { deployFlow } from './calls/deploy-flow.ts';
import { getFlow } from './calls/get-flow.ts';
import { getHistory } from './calls/get-history.ts';
import { getInstance } from './calls/get-instance.ts';
import { getRollbackPoints } from './calls/get-rollback-points.ts';
import { putGroup } from './calls/put-group.ts';
import { putUser } from './calls/put-user.ts';
import { rollBack } from './calls/roll-back.ts';
import { startInstance } from './calls/start-instance.ts';
import { transferTask } from './calls/transfer-task.ts';
import { urgeTask } from './calls/urge-task.ts';
import type { NativeHttp } from './native-http.ts';

/** Adds one call. */
type AddCall = (http: NativeHttp, context: HttpContext) => void;

/** Every call of the native API that takes JSON, or no body. */
export const NATIVE_CALLS: readonly AddCall[] = [
	getFlow,
	putUser,
	putGroup,
	startInstance,
	getInstance,
	getHistory,
	cancelInstance,
	completeTask,
	getRollbackPoints,
	rollBack,
	transferTask,
	addAssignees,
	copyTask,
	urgeTask,
	advanceTestClock,
];

export const NATIVE_XML_CALLS: readonly AddCall[] = [deployFlow];
