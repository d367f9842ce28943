import assert from 'node:assert/strict';
import { apply } from '../../src/apply.ts';
import { readLog } from '../../src/causality/live-log.ts';
import type { Command, MigrateInstance, RollBack } from '../../src/commands.ts';
import { evaluateDecision } from '../../src/dmn/evaluate-decision.ts';
import type { EngineEvent } from '../../src/events.ts';
import type { DecisionModel } from '../../src/model/decision-model.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { type Answer, type Question, questionKey } from '../../src/questions.ts';
import type { RejectionCode } from '../../src/rejections.ts';
import type { InstanceState, OpenTask } from '../../src/state.ts';
import { step } from '../../src/step.ts';
import type { StepOutcome } from '../../src/step-outcome.ts';
import type { TaskId, TokenId, UserId, Variables } from '../../src/terms.ts';

/** One instance in memory, driven as the server drives it: questions answered, events appended, state kept. */
export class Driver {
	/** Of the version that it runs. */
	model: ProcessModel;
	/** The versions of its flow. */
	versions: ProcessModel[];
	version = 1;
	readonly groups: Readonly<Record<string, readonly UserId[]>>;
	/** Flows that call activities can run, by id: their versions, or one that is the same in all. */
	called: Readonly<Record<string, ProcessModel | readonly ProcessModel[]>> = {};
	/** Decisions that business rule tasks can take, by id: their versions. */
	decisions: Readonly<Record<string, readonly DecisionModel[]>> = {};
	log: EngineEvent[] = [];
	state: InstanceState | null = null;
	#nextId = 1000;
	now = 0;

	constructor(model: ProcessModel, groups: Driver['groups'] = {}) {
		this.model = model;
		this.versions = [model];
		this.groups = groups;
	}

	start(variables: Variables = {}, initiator: UserId = 'initiator'): this {
		return this.accept({ type: 'start-instance', initiator, variables });
	}

	/** Agrees the one open task of a node. */
	agree(node: string, variables: Variables = {}, user?: UserId): this {
		return this.decide(node, 'agree', variables, user);
	}

	reject(node: string, variables: Variables = {}, user?: UserId): this {
		return this.decide(node, 'reject', variables, user);
	}

	decide(node: string, decision: 'agree' | 'reject', variables: Variables, user?: UserId): this {
		const task = this.task(node);
		const by = user ?? task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
		return this.accept({ type: 'decide-task', task: task.id, user: by, decision, opinion: '', variables });
	}

	/** Sends the open task of one node back to the n-th last live completion of another (0: the latest). */
	rollBack(from: string, to: string, occurrence = 0): this {
		return this.accept(this.rollBackCommand(from, to, occurrence));
	}

	/** As rollBack, to come straight back once the target is decided again. */
	rollBackDirect(from: string, to: string): this {
		return this.accept({ ...this.rollBackCommand(from, to), resume: 'direct' });
	}

	undoRollback(user: UserId): this {
		return this.accept({ type: 'undo-rollback', rollback: 'rollback', user, opinion: '' });
	}

	rollBackCommand(from: string, to: string, occurrence = 0): RollBack {
		const task = this.task(from);
		const user = task.assignments.find(({ status }) => status === 'pending')?.user ?? '';
		const target = this.completed(to, occurrence);
		return { type: 'roll-back', rollback: 'rollback', task: task.id, user, to: target, opinion: '', resume: 'replay' };
	}

	/** The event has come that a node waits for: a timer is due, a message or a signal arrived. */
	trigger(node: string, variables: Variables = {}): this {
		return this.happen(this.armed(node), variables);
	}

	/** As trigger, of one token. */
	happen(token: TokenId, variables: Variables = {}): this {
		const arm = this.live.tokens[token]?.arm;
		if (arm?.kind === 'timer') this.now = Math.max(this.now, arm.due ?? 0);
		return this.accept({ type: 'trigger-event', token, variables });
	}

	completeJob(node: string, variables: Variables = {}): this {
		return this.accept({ type: 'complete-job', token: this.armed(node), variables });
	}

	/** Deploys a further version of the flow. */
	deploy(model: ProcessModel): this {
		this.versions.push(model);
		return this;
	}

	/** Moves the instance to the latest version. */
	migrate(map: MigrateInstance['map'] = {}): this {
		return this.accept(migration(map));
	}

	/** The reasons against it, as `code element`. */
	migrationProblems(map: MigrateInstance['map'] = {}): readonly string[] {
		const outcome = this.try(migration(map));
		if (outcome.kind !== 'refused' || outcome.rejection.code !== 'migration-impossible') {
			throw new Error(`not refused as impossible: ${JSON.stringify(outcome)}`);
		}
		return outcome.rejection.problems?.map(({ code, element }) => `${code} ${element}`).sort() ?? [];
	}

	armed(node: string): TokenId {
		const found = Object.values(this.live.tokens).filter(({ place, arm }) => arm && place.endsWith(`:${node}`));
		if (found[0] === undefined) throw new Error(`nothing waits at ${node}: ${this.marking()}`);
		return found[0].id;
	}

	accept(command: Command): this {
		const outcome = this.try(command);
		if (outcome.kind !== 'accepted') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
		this.log.push(...outcome.events);
		this.state = outcome.state;
		this.model = outcome.model;
		this.version = this.versions.indexOf(outcome.model) + 1;
		this.#nextId = outcome.nextId;
		this.now += 1;
		this.checkInvariants();
		return this;
	}

	refuse(command: Command, code: RejectionCode): this {
		const outcome = this.try(command);
		assert.equal(outcome.kind === 'refused' ? outcome.rejection.code : outcome.kind, code);
		return this;
	}

	try(command: Command): StepOutcome {
		const answers = new Map<string, Answer>();
		for (let asked = 0; asked < 20; asked++) {
			const outcome = step(this.model, this.state, command, { now: this.now, firstId: this.#nextId, answers });
			if (outcome.kind !== 'unanswered') return outcome;
			for (const question of outcome.questions) answers.set(questionKey(question), this.answer(question));
		}
		throw new Error('the step asks without end');
	}

	answer(question: Question): Answer {
		switch (question.kind) {
			case 'user':
				return { kind: 'user', exists: !question.user.startsWith('unknown') };
			case 'group':
				return { kind: 'group', members: this.groups[question.group] ?? null };
			case 'evaluate':
				return { kind: 'evaluate', result: { ok: false, message: 'not evaluated here' } };
			case 'log-since':
				return { kind: 'log-since', events: this.log.slice(question.seq - 1) };
			case 'own-flow': {
				const version = question.version ?? this.versions.length;
				const model = this.versions[version - 1];
				const flow = model === undefined ? null : { version, model };
				return { kind: 'own-flow', current: this.version, flow };
			}
			case 'flow': {
				const versions = [this.called[question.flowId] ?? []].flat();
				const version = question.version ?? versions.length;
				const model = versions.length === 1 ? versions[0] : versions[version - 1];
				return { kind: 'flow', flow: model === undefined ? null : { version, model } };
			}
			case 'decision': {
				const versions = this.decisions[question.decisionId] ?? [];
				const version = question.version ?? versions.length;
				const model = versions[version - 1];
				return { kind: 'decision', decision: model === undefined ? null : { version, model } };
			}
			case 'decide': {
				const model = this.decisions[question.decisionId]?.[question.version - 1];
				assert(model !== undefined);
				return { kind: 'decide', outcome: evaluateDecision(model, question.variables) };
			}
			case 'log-from': {
				const completion =
					readLog(this.log).firings.find(
						({ completion }) => completion?.task === question.task || completion?.loop === question.task,
					)?.seq ??
					this.log.find((event) => event.type === 'NodeFired' && event.completion?.task === question.task)?.seq;
				if (completion === undefined) return { kind: 'log-from', log: null };
				return { kind: 'log-from', log: { completion, events: this.log.slice(completion - 1) } };
			}
		}
	}

	/** Ids of completed tasks of a node that no rollback undid. */
	completed(node: string, occurrence = 0): TaskId {
		const { undone } = readLog(this.log);
		const completions = this.log.flatMap((event) =>
			event.type === 'NodeFired' && event.node === node && event.completion && !undone.has(event.seq)
				? [event.completion.task]
				: [],
		);
		return completions.at(-1 - occurrence) ?? 'none';
	}

	task(node: string): OpenTask {
		const open = Object.values(this.live.tasks).filter((task) => task.node === node);
		const [task] = open;
		if (task === undefined || open.length > 1) throw new Error(`${open.length} open tasks at ${node}: ${this.open()}`);
		return task;
	}

	get live(): InstanceState {
		if (this.state === null) throw new Error('not started');
		return this.state;
	}

	/** Nodes with an open task, sorted. */
	open(): string[] {
		return Object.values(this.live.tasks)
			.map((task) => task.node)
			.sort();
	}

	/** Places of the live tokens without sinks, sorted. */
	marking(): string[] {
		return Object.values(this.live.tokens)
			.map((token) => token.place)
			.filter((place) => !place.startsWith('sink:'))
			.sort();
	}

	value(name: string): unknown {
		return this.live.scopes[0]?.variables[name]?.value;
	}

	/** What must hold after every step. */
	checkInvariants(): void {
		const replayed = this.log.reduce<InstanceState | null>(apply, null);
		assert.deepEqual(replayed, this.state);
		assert.deepEqual(JSON.parse(JSON.stringify(this.state)), this.state);
		const { tokens, tasks, scopes, status } = this.live;
		if (status !== 'in_process') {
			assert.deepEqual(tasks, {});
			return;
		}
		const standing = Object.values(tokens).filter(({ place }) => place.startsWith('task:'));
		const stoodOn = Object.values(tasks).map(({ token }) => token);
		const ids = new Set(Object.values(tasks).map(({ id }) => id));
		assert.deepEqual(new Set(stoodOn), new Set(standing.map(({ id }) => id)));
		assert.equal(stoodOn.length, standing.length);
		assert.deepEqual(stoodOn, Object.keys(tasks).map(Number));
		for (const { scope, host, heldBy } of Object.values(tokens)) {
			assert(scopes[scope] !== undefined);
			assert(host === undefined || tokens[host] !== undefined);
			assert(heldBy === undefined || ids.has(heldBy));
		}
		for (const { host } of Object.values(scopes)) assert(host === null || tokens[host] !== undefined);
	}
}

/** To the latest version. */
export function migration(map: MigrateInstance['map'] = {}): MigrateInstance {
	return { type: 'migrate-instance', version: null, map, user: null, opinion: '' };
}
