/** Writes as the command handler makes them, with only what a test is about. */
import type {
	InstanceFacts,
	InstanceWrite,
	ProjectedRows,
	StepRow,
	TaskRow,
	WaitRows,
} from '../../src/storage/instance-write.ts';

export const NO_ROWS: ProjectedRows = {
	newTasks: [],
	changedTasks: [],
	newAssignments: [],
	changedAssignments: [],
	copies: [],
	changedCopies: [],
	chats: [],
	notices: [],
	rollbacks: [],
	withdrawn: [],
};

const NO_WAITS: WaitRows = {
	newWaits: [],
	endedWaits: [],
	movedWaits: [],
	newJobs: [],
	endedJobs: [],
	movedJobs: [],
	movedCompensations: [],
};

export function factsOf(id: number, tenant = 'acme'): InstanceFacts {
	return {
		tenant,
		id: String(1_000_000_000_000_000 + id),
		namespace: 'demo__c',
		flowId: 'expense',
		flowVersion: 1,
		initiator: 'ann',
		businessKey: null,
		startedAt: 1_000,
	};
}

export function writeOf(facts: InstanceFacts, version: number, extra: Partial<InstanceWrite> = {}): InstanceWrite {
	return {
		facts,
		expected: version - 1,
		version,
		status: 'in_process',
		state: JSON.stringify({ version }),
		endedAt: null,
		steps: [stepOf(version)],
		rows: NO_ROWS,
		waits: NO_WAITS,
		keys: [],
		...extra,
	};
}

export function stepOf(position: number): StepRow {
	return { position, at: 1_000 + position, actor: 'ann', command: 'urge-task', undoneFrom: null, events: [] };
}

export function taskOf(facts: InstanceFacts, number: number, extra: Partial<TaskRow> = {}): TaskRow {
	return {
		id: String(Number(facts.id) + number),
		status: 'in_process',
		node: 'review',
		version: 1,
		isStart: false,
		loop: null,
		called: null,
		openedAt: 1_000,
		closedAt: null,
		completedBy: null,
		completedSeq: null,
		completedPosition: null,
		undoneBy: null,
		past: [],
		assignments: [],
		...extra,
	};
}
