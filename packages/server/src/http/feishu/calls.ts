import type { FeishuCall } from './call.ts';
import { addAssigneeCall } from './calls/add-assignee.ts';
import { agreeCall } from './calls/agree.ts';
import { cancelCall } from './calls/cancel.ts';
import { ccCall } from './calls/cc.ts';
import { chatGroupCall } from './calls/chat-group.ts';
import { executeCall } from './calls/execute.ts';
import { expeditingCall } from './calls/expediting.ts';
import { queryCall } from './calls/query.ts';
import { rejectCall } from './calls/reject.ts';
import { rollbackCall } from './calls/rollback.ts';
import { rollbackPointsCall } from './calls/rollback-points.ts';
import { transferCall } from './calls/transfer.ts';

/** Every call of the aPaaS human-task API. All are POST and take a tenant access token. */
export const FEISHU_CALLS: readonly FeishuCall[] = [
	queryCall,
	rollbackPointsCall,
	rollbackCall,
	ccCall,
	expeditingCall,
	chatGroupCall,
	agreeCall,
	rejectCall,
	transferCall,
	addAssigneeCall,
	cancelCall,
	executeCall,
];
