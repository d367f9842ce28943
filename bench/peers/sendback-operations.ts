import type { Operation } from '../load/operation.ts';
import type { Requests } from '../load/requests.ts';
import { Queue } from './queue.ts';
import type { Workload } from './workloads.ts';

export const NAMESPACE = 'peers__c';
export const userOf = (caller: number) => `caller-${caller}`;

interface Instance {
	readonly user: string;
	/** Open tasks, the next one first. */
	readonly open: string[];
	/** The first task: the one that was completed, where the instance is past it. */
	readonly first: string;
}

interface Stock {
	readonly atFirst: Queue<Instance>;
	readonly pastFirst: Queue<Instance>;
	/** What each caller is completing. */
	readonly underWay: (Instance | undefined)[];
}

type Ids = readonly { readonly id: string }[];

/** The same three operations as of the others (Operations.java), over HTTP. An instance belongs to one caller at a time. */
export class SendbackOperations {
	readonly #requests: Requests;
	readonly #stocks = new Map<Workload['process'], Stock>();

	constructor(requests: Requests) {
		this.#requests = requests;
	}

	of({ operation, process }: Workload): Operation {
		switch (operation) {
			case 'start':
				return this.#start(process);
			case 'complete':
				return this.#complete(process);
			case 'back':
				return this.#goBack(process);
		}
	}

	/** What makes so many instances ready for the workload, counting those that are. */
	preparing({ operation, process }: Workload, count: number): readonly Operation[] {
		const { atFirst, pastFirst } = this.#stock(process);
		const missing = count - (operation === 'back' ? pastFirst : atFirst).size;
		if (operation !== 'back') return [times(missing, this.#start(process))];
		return [times(missing - atFirst.size, this.#start(process)), times(missing, this.#completeFirst(process))];
	}

	#start(process: Workload['process']): Operation {
		const { atFirst } = this.#stock(process);
		return {
			next: (caller) => {
				const user = userOf(caller);
				return {
					request: this.#requests.write('/api/v1/instances', {
						namespace: NAMESPACE,
						flow_id: process,
						initiator_id: user,
						variables: { amount: 8000, reason: 'Travel to a customer, two nights', approver: user },
					}),
					answered: ({ status, body }) => {
						if (status !== 201) return false;
						const { tasks } = JSON.parse(body.toString('latin1')) as { tasks: Ids };
						const first = only(tasks);
						atFirst.put({ user, open: [first], first });
						return true;
					},
				};
			},
		};
	}

	/** Every caller takes an instance from its first task to its end, so that all tasks of the process count the same. */
	#complete(process: Workload['process']): Operation {
		const { atFirst, underWay } = this.#stock(process);
		return {
			next: (caller) => {
				const current = underWay[caller];
				const instance = current === undefined || current.open.length === 0 ? atFirst.take() : current;
				underWay[caller] = instance;
				return instance === undefined ? null : this.#completeNext(instance);
			},
		};
	}

	#completeFirst(process: Workload['process']): Operation {
		const { atFirst, pastFirst } = this.#stock(process);
		return {
			next: () => {
				const instance = atFirst.take();
				return instance === undefined ? null : this.#completeNext(instance, () => pastFirst.put(instance));
			},
		};
	}

	#completeNext({ user, open }: Instance, done = (): unknown => undefined) {
		return {
			request: this.#requests.write(`/api/v1/tasks/${open.shift()}/complete`, {
				user_id: user,
				decision: 'agree',
				opinion: 'Agreed, as discussed',
			}),
			answered: ({ status, body }: { readonly status: number; readonly body: Buffer }) => {
				if (status !== 200) return false;
				const { opened } = JSON.parse(body.toString('latin1')) as { opened: Ids };
				for (const { id } of opened) open.push(id);
				done();
				return true;
			},
		};
	}

	/** From all that is open after the first task back to it. */
	#goBack(process: Workload['process']): Operation {
		const { atFirst, pastFirst } = this.#stock(process);
		return {
			next: () => {
				const instance = pastFirst.take();
				if (instance === undefined) return null;
				const { user, open, first } = instance;
				return {
					request: this.#requests.write(`/api/v1/tasks/${open[0]}/rollback`, {
						user_id: user,
						to_task_id: first,
						opinion: 'Please add the invoice',
					}),
					answered: ({ status, body }) => {
						if (status !== 200) return false;
						const { reopened } = JSON.parse(body.toString()) as { reopened: Ids };
						const again = only(reopened);
						atFirst.put({ user, open: [again], first: again });
						return true;
					},
				};
			},
		};
	}

	#stock(process: Workload['process']): Stock {
		const stock = this.#stocks.get(process) ?? { atFirst: new Queue(), pastFirst: new Queue(), underWay: [] };
		this.#stocks.set(process, stock);
		return stock;
	}
}

/** The operation so many times, whoever of the callers comes. */
export function times(count: number, operation: Operation): Operation {
	let left = count;
	return { next: (caller) => (left-- > 0 ? operation.next(caller) : null) };
}

function only(tasks: Ids): string {
	const [task] = tasks;
	if (task === undefined || tasks.length > 1) throw new Error(`expected one open task, found ${tasks.length}`);
	return task.id;
}
