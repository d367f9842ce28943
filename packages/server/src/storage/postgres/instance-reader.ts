import { readLog } from '@sendback/engine/causality/live-log.ts';
import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { LoadInstance } from '../../commands/live-instance.ts';
import type { HistoryEntry, InstanceReader } from '../../services.ts';
import { isDecimalId } from '../decimal-id.ts';
import { readEvents } from '../documents/documents.ts';
import { run } from './connect.ts';

interface StepRow {
	readonly position: number;
	readonly at: TimeMs;
	readonly events: string;
}

interface ReadStep {
	readonly position: number;
	readonly at: TimeMs;
	readonly events: readonly EngineEvent[];
}

/**
 * A page of history ends with the step that makes it so long: a step can be as long as all that a command may write, and five
 * hundred of them more than the process has memory for.
 */
const MAX_PAGE_BYTES = 8_000_000;

/** @param load reads an instance as it is committed now */
export function createInstanceReader(pool: pg.Pool, load: LoadInstance): InstanceReader {
	async function steps(name: string, values: readonly unknown[]): Promise<readonly ReadStep[]> {
		const rows = await run<StepRow>(pool, name, values);
		return rows.map(({ events, ...row }) => ({ ...row, events: readEvents(events) }));
	}

	return {
		find: async (tenant, id) => {
			const stored = await load(tenant, id);
			if (stored === null || stored.instance.state === null) return null;
			const { facts, model, state, endedAt } = stored.instance;
			const { namespace, flowId, flowVersion: version, businessKey, startedAt } = facts;
			return { id, namespace, flowId, version, model, state, businessKey, startedAt, endedAt };
		},
		history: async (tenant, id, cursor, limit) => {
			if (!isDecimalId(id)) return null;
			const page = await steps('read-history', [tenant, id, cursor + 1, cursor + limit, MAX_PAGE_BYTES]);
			// After it: of an instance that was removed the log may be there until its month is dropped.
			const stored = await load(tenant, id);
			if (stored === null) return null;
			const [first, last] = [page[0], page.at(-1)];
			const lastSeq = last?.events.at(-1)?.seq;
			if (first === undefined || last === undefined || lastSeq === undefined) return { entries: [], hasMore: false };
			const undoings = await steps('undoings-of', [tenant, id, first.position, lastSeq]);
			const { rollbacks } = readLog(undoings.flatMap(({ events }) => events));
			const entries = page.map((step) => historyEntry(step, rollbacks));
			return { entries, hasMore: last.position < stored.instance.version };
		},
	};
}

function historyEntry({ position, at, events }: ReadStep, rollbacks: readonly RolledBack[]): HistoryEntry {
	const own = new Set(events.map(({ seq }) => seq));
	const undoneBy = rollbacks
		.map(({ rollback, undone }) => ({ rollback, seqs: undone.filter((seq) => own.has(seq)) }))
		.filter(({ seqs }) => seqs.length > 0);
	return { step: { at, events }, position, undoneBy };
}
