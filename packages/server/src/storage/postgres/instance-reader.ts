import type { EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { Seq, TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { LoadInstance } from '../../commands/live-instance.ts';
import type { HistoryEntry, InstanceReader, TenantId } from '../../services.ts';
import { isDecimalId } from '../decimal-id.ts';
import { readEvents } from '../documents/documents.ts';
import { run } from './connect.ts';

interface StepRow {
	readonly position: number;
	readonly at: TimeMs;
	readonly events: string;
}

interface UndoingRow extends Omit<StepRow, 'at'> {
	readonly undone_from: number;
}

type ReadStep<Row = StepRow> = Omit<Row, 'events'> & { readonly events: readonly EngineEvent[] };

/** What a rollback undid of a page of history. */
type Undoing = Pick<RolledBack, 'rollback' | 'seq' | 'undone'>;

/**
 * A page of history ends with the step that makes it so long: a step can be as long as all that a command may write, and five
 * hundred of them more than the process has memory for.
 */
const MAX_PAGE_BYTES = 8_000_000;

/** @param load reads an instance as it is committed now */
export function createInstanceReader(pool: pg.Pool, load: LoadInstance): InstanceReader {
	async function steps<Row extends { readonly events: string }>(
		name: string,
		values: readonly unknown[],
	): Promise<readonly ReadStep<Row>[]> {
		const rows = await run<Row>(pool, name, values);
		return rows.map(({ events, ...row }) => ({ ...row, events: readEvents(events) }));
	}

	/** The rollbacks that undid something of a page, those that were taken back left out; first to last. */
	async function undoings(tenant: TenantId, id: string, page: readonly ReadStep[]): Promise<readonly Undoing[]> {
		const seqs = page.flatMap(({ events }) => events.map(({ seq }) => seq));
		const own = new Set(seqs);
		const takenBack = new Set<Seq>();
		const found: Undoing[] = [];
		const range = [tenant, id, page[0]?.position, seqs.at(-1)];
		let after = { undone_from: 0, position: Number.MAX_SAFE_INTEGER };
		for (;;) {
			const values = [...range, after.undone_from, after.position, MAX_PAGE_BYTES];
			const part = await steps<UndoingRow>('undoings-of', values);
			const last = part.at(-1);
			if (last === undefined) return found.sort((a, b) => a.seq - b.seq);
			after = last;
			for (const event of part.flatMap(({ events }) => events)) {
				if (event.type === 'RollbackUndone') takenBack.add(event.rollback.seq);
				if (event.type !== 'RolledBack' || takenBack.has(event.seq)) continue;
				const undone = event.undone.filter((seq) => own.has(seq));
				if (undone.length > 0) found.push({ rollback: event.rollback, seq: event.seq, undone });
			}
		}
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
			const page = await steps<StepRow>('read-steps', [tenant, id, cursor + 1, cursor + limit, MAX_PAGE_BYTES]);
			// After it: of an instance that was removed the log may be there until its month is dropped.
			const stored = await load(tenant, id);
			if (stored === null) return null;
			const last = page.at(-1);
			if (last === undefined) return { entries: [], hasMore: false };
			const rollbacks = await undoings(tenant, id, page);
			const entries = page.map((step) => historyEntry(step, rollbacks));
			return { entries, hasMore: last.position < stored.instance.version };
		},
	};
}

function historyEntry({ position, at, events }: ReadStep, rollbacks: readonly Undoing[]): HistoryEntry {
	const own = new Set(events.map(({ seq }) => seq));
	const undoneBy = rollbacks
		.map(({ rollback, undone }) => ({ rollback, seqs: undone.filter((seq) => own.has(seq)) }))
		.filter(({ seqs }) => seqs.length > 0);
	return { step: { at, events }, position, undoneBy };
}
