import { SYSTEM_USER } from '../commands/system-user.ts';
import type { DirectoryService, TenantId } from '../services.ts';
import { LruCache } from '../storage/lru-cache.ts';

const REMEMBERED = 50_000;

export interface KnownUsers {
	readonly exists: (tenant: TenantId, user: string) => Promise<boolean>;
	readonly forgetAll: () => void;
}

/**
 * Says whether a user exists, for commands: nearly each of them asks. A user is never deleted, so a yes is good for
 * ever; a no is asked again, as the user may be made a moment later.
 */
export function createKnownUsers(directory: Pick<DirectoryService, 'findUser'>): KnownUsers {
	const known = new LruCache<true>(REMEMBERED);
	return {
		exists: async (tenant, user) => {
			if (user === SYSTEM_USER) return true;
			const key = `${tenant}/${user}`;
			if (known.get(key) === true) return true;
			const exists = (await directory.findUser(tenant, user)) !== null;
			if (exists) known.set(key, true);
			return exists;
		},
		forgetAll: () => known.clear(),
	};
}
