import type { HttpContext } from '../http-context.ts';
import { addAssignees } from './calls/add-assignees.ts';
import { advanceTestClock } from './calls/advance-test-clock.ts';
import { cancelInstance } from './calls/cancel-instance.ts';
import { completeJob } from './calls/complete-job.ts';
import { completeTask } from './calls/complete-task.ts';
import { copyTask } from './calls/copy-task.ts';
import { deployDecision } from './calls/deploy-decision.ts';
import { deployFlow } from './calls/deploy-flow.ts';
import { failJob } from './calls/fail-job.ts';
import { fetchJobs } from './calls/fetch-jobs.ts';
import { getDecision } from './calls/get-decision.ts';
import { getFlow } from './calls/get-flow.ts';
import { getHistory } from './calls/get-history.ts';
import { getInstance } from './calls/get-instance.ts';
import { getInstanceJobs } from './calls/get-instance-jobs.ts';
import { getJobsAtRest } from './calls/get-jobs-at-rest.ts';
import { getRollbackPoints } from './calls/get-rollback-points.ts';
import { migrateInstance } from './calls/migrate-instance.ts';
import { putGroup } from './calls/put-group.ts';
import { putUser } from './calls/put-user.ts';
import { rollBack } from './calls/roll-back.ts';
import { sendMessage } from './calls/send-message.ts';
import { sendSignal } from './calls/send-signal.ts';
import { setJobRetries } from './calls/set-job-retries.ts';
import { startInstance } from './calls/start-instance.ts';
import { throwJobError } from './calls/throw-job-error.ts';
import { transferTask } from './calls/transfer-task.ts';
import { undoRollback } from './calls/undo-rollback.ts';
import { urgeTask } from './calls/urge-task.ts';
import type { NativeHttp } from './native-http.ts';

/** Adds one call. */
type AddCall = (http: NativeHttp, context: HttpContext) => void;

/** Every call of the native API that takes JSON, or no body. */
export const NATIVE_CALLS: readonly AddCall[] = [
	getFlow,
	getDecision,
	putUser,
	putGroup,
	startInstance,
	getInstance,
	getHistory,
	cancelInstance,
	migrateInstance,
	completeTask,
	getRollbackPoints,
	rollBack,
	undoRollback,
	transferTask,
	addAssignees,
	copyTask,
	urgeTask,
	sendMessage,
	sendSignal,
	fetchJobs,
	completeJob,
	failJob,
	throwJobError,
	setJobRetries,
	getJobsAtRest,
	getInstanceJobs,
	advanceTestClock,
];

export const NATIVE_XML_CALLS: readonly AddCall[] = [deployFlow, deployDecision];
