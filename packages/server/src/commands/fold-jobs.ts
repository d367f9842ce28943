import type { Command } from '@sendback/engine/commands.ts';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs, UserId } from '@sendback/engine/terms.ts';
import type { Refusal } from '../refusals.ts';
import type { CommandResult, Idempotency } from '../services.ts';
import { writeState } from '../storage/documents/documents.ts';
import type { InstanceWrite, KeyRow, ProjectedRows, StepRow, WaitRows } from '../storage/instance-write.ts';
import { type IdAllocator, takeManyIds } from '../storage/postgres/id-allocator.ts';
import { commandResult } from './command-result.ts';
import { compensationsAfter, NO_COMPENSATIONS } from './compensation-jobs.ts';
import { diffWaits } from './diff-waits.ts';
import { foldRows } from './fold-rows.ts';
import type { LiveInstance, StoredInstance } from './live-instance.ts';
import { projectStep } from './project-step.ts';
import { type StepDependencies, type Stepped, stepCommand } from './step-command.ts';
import { SYSTEM_USER } from './system-user.ts';

/** A command on its way. */
export interface Job {
	readonly command: Command;
	readonly idempotency: Idempotency | null;
}

export type Decision =
	| { readonly kind: 'accepted'; readonly result: CommandResult }
	| { readonly kind: 'refused'; readonly refusal: Refusal }
	/** A bug, or an outage: the command did nothing, and says why. */
	| { readonly kind: 'failed'; readonly error: unknown };

/** Commands of one instance, decided one after the other, as one write. */
export interface Folded {
	/** In the order of the commands. */
	readonly decisions: readonly Decision[];
	/** Null when none was accepted. */
	readonly outcome: { readonly write: InstanceWrite; readonly next: StoredInstance } | null;
}

/** Decides the commands in their order, each on what the one before left. Commits nothing. */
export async function foldJobs(deps: StepDependencies, committed: LiveInstance, jobs: readonly Job[]): Promise<Folded> {
	const fold = new Fold(committed);
	const decisions: Decision[] = [];
	for (const job of jobs) {
		const turn = deps.longLogs.turn(committed.facts.tenant);
		try {
			const stepped = await stepCommand(deps, fold, job.command, turn);
			decisions.push(stepped.kind === 'refused' ? stepped : { kind: 'accepted', result: fold.add(job, stepped) });
		} catch (error) {
			decisions.push({ kind: 'failed', error });
		} finally {
			turn.end();
		}
	}
	return { decisions, outcome: await fold.outcome(deps.ids) };
}

class Fold {
	readonly committed: LiveInstance;
	flowVersion: number;
	model: LiveInstance['model'];
	state: LiveInstance['state'];
	readonly uncommitted: EngineEvent[] = [];
	#endedAt: TimeMs | null;
	readonly #steps: StepRow[] = [];
	readonly #rows: ProjectedRows[] = [];
	readonly #keys: KeyRow[] = [];
	#compensations = NO_COMPENSATIONS;

	constructor(committed: LiveInstance) {
		this.committed = committed;
		this.flowVersion = committed.facts.flowVersion;
		this.model = committed.model;
		this.state = committed.state;
		this.#endedAt = committed.endedAt;
	}

	add(
		{ command, idempotency }: Job,
		{ at, events, state: after, model, answers }: Stepped & { kind: 'accepted' },
	): CommandResult {
		const { facts, version } = this.committed;
		const before = this.state;
		const position = version + this.#steps.length + 1;
		const flowVersion = events.find((event) => event.type === 'InstanceMigrated')?.to ?? this.flowVersion;
		// What may fail comes first: of a command that failed nothing may be in the write.
		const result = commandResult(facts.id, { model, before, events, after, answers });
		const rows = projectStep({ before, events, after, at, position, flowVersion });
		this.#steps.push({
			position,
			at,
			actor: actorOf(command),
			command: command.type,
			undoneFrom: firstUndone(events),
			events,
		});
		this.model = model;
		this.flowVersion = flowVersion;
		this.#rows.push(rows);
		if (idempotency !== null) {
			const { key, fingerprint } = idempotency;
			this.#keys.push({ key, fingerprint, result, createdAt: at });
		}
		this.#compensations = compensationsAfter(this.#compensations, { before, events, answers, at });
		if (after.status !== 'in_process') this.#endedAt ??= at;
		this.state = after;
		this.uncommitted.push(...events);
		return result;
	}

	async outcome(ids: IdAllocator): Promise<Folded['outcome']> {
		const { committed, state, model } = this;
		if (this.#steps.length === 0 || state === null) return null;
		const json = writeState(state);
		const version = committed.version + this.#steps.length;
		const isSame = this.flowVersion === committed.facts.flowVersion;
		const facts = isSame ? committed.facts : { ...committed.facts, flowVersion: this.flowVersion };
		const write: InstanceWrite = {
			facts,
			expected: committed.version,
			version,
			status: state.status,
			state: json,
			endedAt: this.#endedAt,
			steps: this.#steps,
			rows: foldRows(this.#rows),
			waits: await this.#waits(state, ids),
			keys: this.#keys,
		};
		const instance: LiveInstance = { facts, model, version, state, endedAt: this.#endedAt };
		return { write, next: { instance, text: json } };
	}

	async #waits(state: InstanceState, ids: IdAllocator): Promise<WaitRows> {
		const at = this.#steps.at(-1)?.at ?? 0;
		const waits = diffWaits(this.committed.state, state, at);
		const { jobs: compensations, moved: movedCompensations } = this.#compensations;
		const jobs = [...waits.newJobs, ...compensations];
		const taken = await takeManyIds(ids, jobs.length);
		const newJobs = jobs.map((job, index) => ({ ...job, id: String(taken[index]) }));
		return { ...waits, newJobs, movedCompensations };
	}
}

function actorOf(command: Command): UserId {
	if (command.type === 'start-instance') return command.initiator;
	return ('user' in command ? command.user : null) ?? SYSTEM_USER;
}

/** A rollback that was taken back is found by readers where the rollback itself is. */
function firstUndone(events: readonly EngineEvent[]): number | null {
	const undone = events.flatMap((event) => {
		if (event.type === 'RolledBack') return event.undone;
		return event.type === 'RollbackUndone' ? event.rollback.undone : [];
	});
	return undone.length === 0 ? null : undone.reduce((first, seq) => Math.min(first, seq));
}
