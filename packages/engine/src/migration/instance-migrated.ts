import type { Scope, Token } from '../state.ts';
import type { ElementId, Seq, UserId } from '../terms.ts';

/**
 * The instance runs another version from now on. A new beginning: it carries the marking whole, so nothing before it is
 * needed to read on.
 */
export interface InstanceMigrated {
	readonly seq: Seq;
	readonly type: 'InstanceMigrated';
	/** Null: an app, without a user. */
	readonly user: UserId | null;
	readonly opinion: string;
	readonly from: number;
	readonly to: number;
	/** What was mapped by hand. */
	readonly map: Readonly<Record<ElementId, ElementId>>;
	/** The live tokens, where they are in the new version; those that it produced wait for events that are new. */
	readonly tokens: readonly Token[];
	/** Tokens of events that the new version does not wait for, and of what it does not compensate, as they were. */
	readonly canceled: readonly Token[];
	/** The live scopes; their variables stay. */
	readonly scopes: readonly Omit<Scope, 'variables'>[];
}
