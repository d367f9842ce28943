import type { Expression, Tree } from '../../src/expressions/expression.ts';
import type { Node, ProcessModel, SequenceFlow, UserTask } from '../../src/model/process-model.ts';

/** One arrow a line: `P -> split`, with a condition `split -[x = 1]-> A`, or the default flow `split -[default]-> B`. */
export function buildModel(arrows: string, options: BuildOptions = {}): ProcessModel {
	const flows: SequenceFlow[] = [];
	const defaults = new Map<string, string>();
	for (const line of arrows.trim().split('\n')) {
		const match = /^\s*(\w+)\s*-(?:\[(.*?)\]-)?>\s*(\w+)\s*$/.exec(line);
		if (match === null) throw new Error(`not an arrow: ${line}`);
		const [, source = '', label, target = ''] = match;
		const id = `${source}_${target}`;
		if (label === 'default') defaults.set(source, id);
		flows.push({ id, source, target, condition: label === undefined || label === 'default' ? null : condition(label) });
	}
	const ids = [...new Set(flows.flatMap((flow) => [flow.source, flow.target]))];
	const nodes = ids.map((id): Node => {
		const base = {
			id,
			name: id,
			parent: 'process',
			incoming: flows.filter((flow) => flow.target === id).map((flow) => flow.id),
			outgoing: flows.filter((flow) => flow.source === id).map((flow) => flow.id),
			line: 0,
		};
		const defaultFlow = defaults.get(id) ?? null;
		if (/^start/.test(id)) return { ...base, kind: 'startEvent', trigger: null, interrupting: true };
		if (/^end/.test(id)) return { ...base, kind: 'endEvent', throws: null };
		if (/^terminate/.test(id)) return { ...base, kind: 'terminateEndEvent' };
		if (/^and/.test(id)) return { ...base, kind: 'parallelGateway' };
		if (/^xor/.test(id)) return { ...base, kind: 'exclusiveGateway', defaultFlow };
		if (/^or/.test(id)) return { ...base, kind: 'inclusiveGateway', defaultFlow };
		if (/^pass/.test(id)) return { ...base, kind: 'passThrough' };
		const task: UserTask = {
			...base,
			kind: 'userTask',
			assignees: [{ kind: 'users', users: { kind: 'literal', text: 'alpha' } }],
			loop: null,
			mode: 'all',
			onReject: 'end',
			rollbackRange: null,
			formKey: null,
			dueDate: null,
			...options.tasks?.[id],
		};
		return task;
	});
	return {
		id: 'process',
		name: 'process',
		nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
		flows: Object.fromEntries(flows.map((flow) => [flow.id, flow])),
		rollbackRange: options.rollbackRange ?? 'any',
	};
}

export interface BuildOptions {
	readonly tasks?: Readonly<Record<string, Partial<UserTask>>>;
	readonly rollbackRange?: ProcessModel['rollbackRange'];
}

/** Literal user ids as the assignees of a task. */
export function users(text: string): UserTask['assignees'] {
	return [{ kind: 'users', users: { kind: 'literal', text } }];
}

/** `name = number`, all that these models need. */
function condition(source: string): Expression {
	const [name = '', operator = '', value = ''] = source.split(' ');
	if (operator !== '=') throw new Error(`not a condition of this builder: ${source}`);
	const left: Tree = { kind: 'path', names: [name] };
	const right: Tree = { kind: 'literal', value: Number(value) };
	return { language: 'feel', source, tree: { kind: '=', left, right } };
}
