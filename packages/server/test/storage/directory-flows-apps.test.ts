import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, refusalOf, type Stage, sequence, setStage, TENANT } from '../support/services.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({});
});
afterAll(() => stage.close());

const user = (id: string, extra: object = {}) => ({
	id,
	name: id,
	email: null,
	managerId: null,
	departments: [],
	outOfOffice: null,
	...extra,
});

describe('the directory', () => {
	it('keeps users whole and replaces them', async () => {
		const { directory } = stage.services;
		const full = user('u1', {
			email: 'U1@Example.org',
			managerId: 'ann',
			departments: ['a', 'b,"{}'],
			outOfOffice: { until: 5, substituteId: 'bob' },
		});
		expect(accepted(await directory.putUser(TENANT, full))).toEqual(full);
		expect(await directory.findUser(TENANT, 'u1')).toEqual(full);
		expect(await directory.findUserByEmail(TENANT, 'u1@example.ORG')).toEqual(full);
		accepted(await directory.putUser(TENANT, user('u1', { name: 'new' })));
		expect(await directory.findUser(TENANT, 'u1')).toEqual(user('u1', { name: 'new' }));
		expect(await directory.findUserByEmail(TENANT, 'u1@example.org')).toBeNull();
	});

	it('refuses a manager that does not exist, and lets the head manage themselves', async () => {
		const { directory } = stage.services;
		expect(refusalOf(await directory.putUser(TENANT, user('u2', { managerId: 'nobody' })))).toBe('manager-unknown');
		expect(await directory.findUser(TENANT, 'u2')).toBeNull();
		expect((await directory.putUser(TENANT, user('u2', { managerId: 'u2' }))).ok).toBe(true);
	});

	it('refuses a group of people who do not exist, and names them', async () => {
		const { directory } = stage.services;
		const group = { id: 'g', name: 'G', members: ['ann', 'nobody', 'bob', 'ann'] };
		expect(await directory.putGroup(TENANT, group)).toMatchObject({
			ok: false,
			refusal: { code: 'group-invalid', details: { users: 'nobody' } },
		});
		expect(await directory.findGroup(TENANT, 'g')).toBeNull();
		accepted(await directory.putGroup(TENANT, { ...group, members: ['ann', 'bob', 'ann'] }));
		expect(await directory.findGroup(TENANT, 'g')).toEqual({ id: 'g', name: 'G', members: ['ann', 'bob'] });
		expect((await directory.findGroup(TENANT, 'g', 1))?.members).toEqual(['ann']);
		accepted(await directory.putGroup(TENANT, { ...group, members: [] }));
		expect((await directory.findGroup(TENANT, 'g'))?.members).toEqual([]);
	});

	it('knows nobody by a name that cannot be stored', async () => {
		expect(await stage.services.directory.findUser(TENANT, 'a\0')).toBeNull();
		expect(await stage.services.directory.findGroup(TENANT, 'a\0')).toBeNull();
		expect((await stage.services.directory.putUser(TENANT, user('a\0'))).ok).toBe(false);
		expect((await stage.services.directory.putGroup(TENANT, { id: 'a\0', name: '', members: [] })).ok).toBe(false);
	});
});

describe('a deployment', () => {
	const deploy = (flowId: string, xml: string) => stage.services.flows.deploy(TENANT, 'demo__c', flowId, xml);

	it('of other XML is the next version, of the same XML the same', async () => {
		const [one, two] = [sequence('a=bob'), sequence('a=bob', 'b=cat')];
		expect(await deploy('f', one)).toMatchObject({ ok: true, version: 1 });
		expect(await deploy('f', one)).toMatchObject({ ok: true, version: 1 });
		expect(await deploy('f', two)).toMatchObject({ ok: true, version: 2 });
		expect(await deploy('f', one)).toMatchObject({ ok: true, version: 3 });
		const { flows } = stage.services;
		expect(await flows.find(TENANT, 'demo__c', 'f', 2)).toMatchObject({ version: 2, xml: two, flowId: 'f' });
		expect((await flows.find(TENANT, 'demo__c', 'f', null))?.version).toBe(3);
		expect(await flows.find(TENANT, 'demo__c', 'f', 4)).toBeNull();
		expect(await flows.find(TENANT, 'demo__c', 'g\0', null)).toBeNull();
	});

	it('at the same moment as others gets a version of its own', async () => {
		const models = [1, 2, 3, 4, 5].map((n) => sequence(`task${n}=bob`));
		const answers = await Promise.all(models.map((xml) => deploy('race', xml)));
		expect(answers.map((answer) => answer.ok && answer.version).sort()).toEqual([1, 2, 3, 4, 5]);
	});

	it('that was stored before FEEL named its variables has them named when it is read', async () => {
		const xml = sequence('a=bob').replace('assignees="bob"', 'assignees="= reverse(people)"');
		await deploy('stored', xml);
		const nameless = `UPDATE flows SET model = replace(model::text, ',"names":["people"]', '')::json WHERE flow_id = 'stored' RETURNING model::text`;
		const [row] = await stage.database.query<{ model: string }>(nameless);
		expect(row?.model).toContain('reverse(people)');
		expect(row?.model).not.toContain('"names":["people"]');
		const found = await stage.services.flows.find(TENANT, 'demo__c', 'stored', 1);
		expect(JSON.stringify(found?.model)).toContain('"names":["people"]');
	});

	it('of a model that cannot run stores nothing', async () => {
		expect(await deploy('bad', '<nonsense/>')).toMatchObject({ ok: false });
		expect(await deploy('bad', sequence('a=bob').replace('name="The a"', 'name="\0"'))).toMatchObject({ ok: false });
		expect(await stage.services.flows.find(TENANT, 'demo__c', 'bad', null)).toBeNull();
	});
});

describe('an app', () => {
	const app = { tenant: 'newcomer', name: 'Test', scopes: ['a', 'b'], store: false };

	it('is made with its tenant, an id and a secret that is nowhere stored', async () => {
		const { apps } = stage.services;
		const { id, secret } = await apps.create(app);
		expect(id).toMatch(/^cli_[0-9a-f]{16}$/);
		expect(secret).toMatch(/^[\w-]{43}$/);
		expect(await apps.find(id)).toMatchObject({ id, ...app, enabled: true });
		expect((await apps.find(id))?.tokenKey).toHaveLength(32);
		expect(await apps.secretMatches(id, secret)).toBe(true);
		expect(await apps.secretMatches(id, `${secret}x`)).toBe(false);
		expect(await apps.secretMatches('cli_nobody', secret)).toBe(false);
		const rows = await stage.database.query<{ row: string }>('SELECT apps::text AS row FROM apps WHERE id = $1', [id]);
		expect(rows[0]?.row).not.toContain(secret);
		expect(await stage.database.query(`SELECT tenant_id FROM tenants WHERE tenant_id = 'newcomer'`)).toHaveLength(1);
	});

	it('stops when it is disabled', async () => {
		const { apps } = stage.services;
		const { id } = await apps.create(app);
		expect(await apps.setEnabled(id, false)).toBe(true);
		expect((await apps.find(id))?.enabled).toBe(false);
		expect(await apps.setEnabled(id, true)).toBe(true);
		expect((await apps.find(id))?.enabled).toBe(true);
		expect(await apps.setEnabled('cli_nobody', true)).toBe(false);
	});

	it('of a store has one ticket at a time', async () => {
		const { apps } = stage.services;
		const { id } = await apps.create({ ...app, store: true });
		expect(await apps.ticketMatches(id, '')).toBe(false);
		const first = await apps.issueTicket(id);
		const second = await apps.issueTicket(id);
		expect(await apps.ticketMatches(id, first ?? '')).toBe(false);
		expect(await apps.ticketMatches(id, second ?? '')).toBe(true);
		const { id: plain } = await apps.create(app);
		expect(await apps.issueTicket(plain)).toBeNull();
		expect(await apps.issueTicket('cli_nobody')).toBeNull();
	});

	it('that is given stays as it was first made', async () => {
		const { apps } = stage.services;
		const given = { ...app, id: 'cli_given', secret: 'one' };
		await apps.ensure(given);
		const key = (await apps.find('cli_given'))?.tokenKey;
		await apps.ensure({ ...given, secret: 'two' });
		expect(await apps.secretMatches('cli_given', 'one')).toBe(true);
		expect((await apps.find('cli_given'))?.tokenKey).toEqual(key);
	});
});
