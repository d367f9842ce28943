import { atEndOfTurn } from '../end-of-turn.ts';
import type { Decision, Job } from './fold-jobs.ts';

/** Commands of one instance that are decided and written together at most. */
const MAX_FOLD = 64;

/** Decides and commits commands of one instance together; one decision a job. */
export type Settle<Target> = (target: Target, jobs: readonly Job[]) => Promise<readonly Decision[]>;

interface Waiting {
	readonly job: Job;
	readonly decided: (decision: Decision) => void;
}

/**
 * One lane an instance: its commands are settled in the order they came, one group at a time, so within a process an
 * instance has one writer. What arrives in one turn of the event loop is a group, and so is what arrives while a group is
 * under way. Lanes do not wait for each other: a slow expression holds up its own instance only.
 */
export class InstanceLanes<Target> {
	readonly #settle: Settle<Target>;
	readonly #lanes = new Map<string, Waiting[]>();
	#underWay = 0;

	constructor(settle: Settle<Target>) {
		this.#settle = settle;
	}

	/** Commands that have no decision yet. */
	get underWay(): number {
		return this.#underWay;
	}

	/** Resolves when the command is committed, refused or failed; never rejects. */
	decide(key: string, target: Target, job: Job): Promise<Decision> {
		this.#underWay++;
		return new Promise((decided) => {
			const lane = this.#lanes.get(key);
			if (lane !== undefined) {
				lane.push({ job, decided });
				return;
			}
			const opened = [{ job, decided }];
			this.#lanes.set(key, opened);
			atEndOfTurn('decide', () => void this.#run(key, target, opened));
		});
	}

	async #run(key: string, target: Target, lane: Waiting[]): Promise<void> {
		while (lane.length > 0) {
			const group = lane.splice(0, MAX_FOLD);
			const jobs = group.map(({ job }) => job);
			try {
				const decisions = await this.#settle(target, jobs);
				for (const [index, { decided }] of group.entries()) {
					decided(decisions[index] ?? { kind: 'failed', error: new Error('bug: a command without a decision') });
				}
			} catch (error) {
				for (const { decided } of group) decided({ kind: 'failed', error });
			}
			this.#underWay -= group.length;
		}
		this.#lanes.delete(key);
	}
}
