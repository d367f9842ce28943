import type pg from 'pg';
import { refuse } from '../refusals.ts';
import type { DirectoryService, TenantId, User } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';
import { run } from '../storage/postgres/connect.ts';

interface UserRow {
	readonly id: string;
	readonly name: string;
	readonly email: string | null;
	readonly manager_id: string | null;
	readonly departments: readonly string[];
	readonly out_of_office_until: number | null;
	readonly substitute_id: string | null;
}

interface GroupRow {
	readonly id: string;
	readonly name: string;
	readonly members: readonly string[];
}

const UNSTORABLE = { ok: false, refusal: refuse('variables-invalid', { reason: 'a text holds NUL' }) } as const;

/** Users and groups of a tenant. Users are never deleted: tasks and histories name them. */
export function createDirectory(pool: pg.Pool): DirectoryService {
	async function findOne(name: string, tenant: TenantId, text: string): Promise<User | null> {
		if (!isStorable(text)) return null;
		const [row] = await run<UserRow>(pool, name, [tenant, text]);
		return row === undefined ? null : userOf(row);
	}

	return {
		putUser: async (tenant, user) => {
			const { id, name, email, managerId, departments, outOfOffice } = user;
			if (!isStorable([id, name, email, managerId, outOfOffice?.substituteId, ...departments].join()))
				return UNSTORABLE;
			const written = await run(pool, 'put-user', [
				tenant,
				id,
				name,
				email,
				managerId,
				departments,
				outOfOffice?.until ?? null,
				outOfOffice?.substituteId ?? null,
			]);
			if (written.length > 0) return { ok: true, value: user };
			return { ok: false, refusal: refuse('manager-unknown', { manager: managerId ?? '' }) };
		},
		putGroup: async (tenant, group) => {
			if (!isStorable([group.id, group.name, ...group.members].join())) return UNSTORABLE;
			const members = [...new Set(group.members)];
			const unknown = await run<{ id: string }>(pool, 'put-group', [tenant, group.id, group.name, members]);
			if (unknown.length === 0) return { ok: true, value: { ...group, members } };
			return { ok: false, refusal: refuse('group-invalid', { users: unknown.map(({ id }) => id).join() }) };
		},
		findUser: (tenant, user) => findOne('find-user', tenant, user),
		findUserByEmail: (tenant, email) => findOne('find-user-by-email', tenant, email),
		findGroup: async (tenant, group, most = null) => {
			if (!isStorable(group)) return null;
			const [row] = await run<GroupRow>(pool, 'find-group', [tenant, group, most]);
			return row ?? null;
		},
	};
}

function userOf(row: UserRow): User {
	const { id, name, email, manager_id: managerId, departments } = row;
	const { out_of_office_until: until, substitute_id: substituteId } = row;
	const outOfOffice = until === null || substituteId === null ? null : { until, substituteId };
	return { id, name, email, managerId, departments, outOfOffice };
}
