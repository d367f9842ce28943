import type { TenantId } from '../services.ts';
import { TurnsOfTenants } from '../turns-of-tenants.ts';

/** Of one command: before it reads a long log, and when it has been decided. */
export interface LongLogTurn {
	/** Waits until no other command has a long log; false where too many of the tenant wait already. */
	take(): Promise<boolean>;
	/** Lets the next one have its log; nothing where no turn was taken. */
	end(): void;
}

/** Of a tenant: each keeps one of the places for commands that are under way, and a log can take seconds. */
const MAX_WAITING = 64;

/**
 * Long logs are in memory one at a time. As events a log takes several times its bytes, and stays until the command that
 * asked for it is decided: many at once would be more than the process has.
 */
export class LongLogs {
	#isTaken = false;
	readonly #waiting = new TurnsOfTenants<() => void>();

	turn(tenant: TenantId): LongLogTurn {
		let isMine = false;
		return {
			take: async () => {
				if (isMine) return true;
				if (this.#isTaken) {
					if (this.#waiting.count(tenant) === MAX_WAITING) return false;
					await new Promise<void>((resolve) => this.#waiting.put(tenant, resolve));
				}
				this.#isTaken = true;
				isMine = true;
				return true;
			},
			end: () => {
				if (!isMine) return;
				isMine = false;
				const next = this.#waiting.next();
				if (next === undefined) this.#isTaken = false;
				else next();
			},
		};
	}
}
