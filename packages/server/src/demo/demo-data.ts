import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.ts';
import type { Group, User } from '../services.ts';

/** What a demo server has in it. The credentials are public, so it only ever listens on loopback. */
export const DEMO_TENANT = 'demo';
export const DEMO_APP = { id: 'cli_demo', secret: 'demo_secret' } as const;
export const DEMO_NAMESPACE = 'demo__c';
export const DEMO_FLOW = 'expense';
export const DEMO_MODEL_FILE = fileURLToPath(new URL('../../demo/expense.bpmn', import.meta.url));

/** Each one's manager comes before them, because a manager has to exist. */
export const DEMO_USERS: readonly User[] = [
	person('1010', '总经理 General manager', 'general.manager', null, ['公司 Company']),
	person('1009', '总监 Director', 'director', '1010', ['公司 Company']),
	person('1003', '经理 Department manager', 'department.manager', '1009', ['销售 Sales']),
	person('1002', '主管 Team lead', 'team.lead', '1003', ['销售 Sales']),
	person('1001', '员工 Employee', 'employee', '1002', ['销售 Sales']),
	person('1005', '财务主管 Finance lead', 'finance.lead', '1009', ['财务 Finance']),
	person('1004', '财务 Finance officer', 'finance.officer', '1005', ['财务 Finance']),
	person('1006', '法务 Legal counsel', 'legal.counsel', '1009', ['法务 Legal']),
	person('1008', '人事主管 HR lead', 'hr.lead', '1009', ['人事 HR']),
	person('1007', '人事 HR officer', 'hr.officer', '1008', ['人事 HR']),
];

export const DEMO_GROUPS: readonly Group[] = [
	{ id: 'finance', name: '财务 Finance', members: ['1004', '1005'] },
	{ id: 'hr', name: '人事 HR', members: ['1007', '1008'] },
	{ id: 'legal', name: '法务 Legal', members: ['1006'] },
];

/** Everybody knows the secret, so where it is not the demo there is no such app, also on a database that is the demo's too. */
export function absentApps(mode: Config['mode']): readonly string[] {
	return mode === 'demo' ? [] : [DEMO_APP.id];
}

function person(id: string, name: string, mailbox: string, managerId: string | null, departments: string[]): User {
	return { id, name, email: `${mailbox}@demo.example`, managerId, departments, outOfOffice: null };
}
