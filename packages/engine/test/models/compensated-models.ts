import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** An activity with this handler. */
export function undoneBy(activity: string, handler: string): string {
	return `<boundaryEvent id="undo_${activity}" attachedToRef="${activity}"><compensateEventDefinition/></boundaryEvent>
		<association id="by_${activity}" sourceRef="undo_${activity}" targetRef="${handler}"/>`;
}

/** User tasks of alpha that compensate. */
export function handlers(...ids: readonly string[]): string {
	return ids.map((id) => `<userTask id="${id}" isForCompensation="true" camunda:assignee="alpha"/>`).join('');
}

export function thrower(id: string, attributes = ''): string {
	return `<intermediateThrowEvent id="${id}"><compensateEventDefinition ${attributes}/></intermediateThrowEvent>`;
}

export function scope(id: string, content: string, attributes = ''): string {
	return `<subProcess id="${id}" ${attributes}>${content}</subProcess>`;
}

export const SEVERAL =
	'<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';

const ends = '<startEvent id="start"/><endEvent id="end"/>';

const inside = `<startEvent id="s"/><endEvent id="e"/>${userTasks('A', 'A2')}${arrows('s -> A, A -> A2, A2 -> e')}`;

/** One branch is what is compensated, the other asks for it after B. */
function askedForBeside(compensated: string, first: string, which = '') {
	return readModel(`${ends}${userTasks('B')}${thrower('C', which)}${compensated}
		<parallelGateway id="fork"/><parallelGateway id="join"/>
		${arrows(`start -> fork, fork -> ${first}, ${first} -> join, fork -> B, B -> C, C -> join, join -> end`)}`);
}

export const ASKED_FOR_BESIDE = {
	'a task': await askedForBeside(userTasks('A') + handlers('UA') + undoneBy('A', 'UA'), 'A', 'activityRef="A"'),
	'all there is': await askedForBeside(userTasks('A') + handlers('UA') + undoneBy('A', 'UA'), 'A'),
	'a subprocess': await askedForBeside(
		scope('sub', inside) + handlers('UA') + undoneBy('sub', 'UA'),
		'sub',
		'activityRef="sub"',
	),
	'what was done in a subprocess': await askedForBeside(
		scope('sub', inside + handlers('UA') + undoneBy('A', 'UA')),
		'sub',
	),
	'all runs': await askedForBeside(
		`<userTask id="A" camunda:assignee="alpha">${SEVERAL}</userTask>${handlers('UA')}${undoneBy('A', 'UA')}`,
		'A',
	),
} as const;

/** Sound models in which things are compensated, for stories and for the laws. */
export const COMPENSATED_MODELS = {
	...ASKED_FOR_BESIDE,
	'two in a row': await readModel(`${ends}${userTasks('A', 'B', 'T')}${handlers('UA', 'UB')}${thrower('C')}
		${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}${arrows('start -> A, A -> B, B -> C, C -> T, T -> end')}`),
	'one of two':
		await readModel(`${ends}${userTasks('A', 'B', 'T')}${handlers('UA', 'UB')}${thrower('C', 'activityRef="A"')}
		${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}${arrows('start -> A, A -> B, B -> C, C -> T, T -> end')}`),
	'parallel branches that both compensate':
		await readModel(`${ends}${userTasks('A', 'B', 'D', 'T')}${handlers('UA', 'UB')}
		<parallelGateway id="fork"/><parallelGateway id="join"/>${thrower('C1')}${thrower('C2')}
		${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}
		${arrows('start -> A, A -> fork, fork -> B, B -> C1, C1 -> join, fork -> D, D -> C2, C2 -> join, join -> T, T -> end')}`),
	'a subprocess by what was done in it': await readModel(`${ends}${userTasks('P', 'T')}${thrower('C')}
		${scope(
			'sub',
			`<startEvent id="s"/><endEvent id="e"/>${userTasks('A', 'B')}${handlers('UA', 'UB')}
			${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}<parallelGateway id="fork"/><parallelGateway id="join"/>
			${arrows('s -> fork, fork -> A, fork -> B, A -> join, B -> join, join -> e')}`,
		)}
		${arrows('start -> sub, sub -> P, P -> C, C -> T, T -> end')}`),
	'runs at once': await readModel(`${ends}${userTasks('T', 'B')}${handlers('UA', 'UB')}${thrower('C')}
		<userTask id="A" camunda:assignee="alpha">${SEVERAL}</userTask>
		${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}${arrows('start -> A, A -> B, B -> C, C -> T, T -> end')}`),
	'runs of a subprocess': await readModel(`${ends}${userTasks('T')}${thrower('C')}
		${scope(
			'sub',
			`${SEVERAL}<startEvent id="s"/><endEvent id="e"/>${userTasks('A', 'B')}${handlers('UA')}
			${undoneBy('A', 'UA')}${arrows('s -> A, A -> B, B -> e')}`,
		)}
		${arrows('start -> sub, sub -> C, C -> T, T -> end')}`),
	'a saga': await readModel(
		`${ends}${userTasks('A', 'B', 'T')}${handlers('UA', 'UB')}${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}
		<exclusiveGateway id="check" default="check_T"/><endEvent id="broken"><errorEventDefinition errorRef="err"/></endEvent>
		<subProcess id="repair" triggeredByEvent="true">
			<startEvent id="failed"><errorEventDefinition errorRef="err"/></startEvent>${userTasks('R')}
			<endEvent id="undone"><compensateEventDefinition/></endEvent>${arrows('failed -> R, R -> undone')}
		</subProcess>
		${arrows('start -> A, A -> B, B -> check, check -[bad = 1]-> broken, check -> T, T -> end')}`,
		'<error id="err" errorCode="err"/>',
	),
	'in a loop': await readModel(`${ends}${userTasks('A', 'T')}${handlers('UA')}${thrower('C')}${undoneBy('A', 'UA')}
		<exclusiveGateway id="merge"/><exclusiveGateway id="again" default="again_C"/>
		${arrows('start -> merge, merge -> A, A -> again, again -[more = 1]-> merge, again -> C, C -> T, T -> end')}`),
	beside:
		await readModel(`${ends}${userTasks('A', 'B', 'T')}${handlers('UA', 'UB')}${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}
		${thrower('C', 'waitForCompletion="false"')}${arrows('start -> A, A -> B, B -> C, C -> T, T -> end')}`),
	'a subprocess that compensates': await readModel(`${ends}${userTasks('A', 'T')}${undoneBy('A', 'U')}${thrower('C')}
		${scope(
			'U',
			`<startEvent id="s"/><endEvent id="e"/>${userTasks('X', 'Y')}${handlers('UX')}${undoneBy('X', 'UX')}${arrows('s -> X, X -> Y, Y -> e')}`,
			'isForCompensation="true"',
		)}
		${arrows('start -> A, A -> C, C -> T, T -> end')}`),
} as const;
