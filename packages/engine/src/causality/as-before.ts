import type { NodeFired } from '../events.ts';
import { type Answer, type Question, questionKey } from '../questions.ts';
import { type Stop, unanswered, type View } from '../work.ts';

/** The latest version of what a firing called or decided by was another one then, and is that one for doing it again. */
export function asBefore(view: View, { opened = [], decided }: NodeFired): View | Stop {
	const pinned = new Map<string, Answer>();
	for (const { question, latest } of [...calledBy(opened), ...decidedBy(decided)]) {
		const answer = view.answers.get(questionKey(question));
		if (answer === undefined) return unanswered(question);
		pinned.set(questionKey(latest), answer);
	}
	if (pinned.size === 0) return view;
	const { model, state, now, answers, effort } = view;
	return { model, state, now, effort, answers: new Map([...answers, ...pinned]) };
}

interface Pin {
	readonly question: Question;
	readonly latest: Question;
}

function calledBy(opened: NonNullable<NodeFired['opened']>): readonly Pin[] {
	return opened.flatMap(({ flow }) => {
		if (flow === undefined) return [];
		const question = { kind: 'flow', ...flow } as const;
		return [{ question, latest: { ...question, version: null } }];
	});
}

function decidedBy(decided: NodeFired['decided']): readonly Pin[] {
	if (decided === undefined) return [];
	const question = { kind: 'decision', decisionId: decided.decision, version: decided.version } as const;
	return [{ question, latest: { ...question, version: null } }];
}
