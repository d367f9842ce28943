import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<signal id="sig" name="s"/>';
const SIGNAL = '<signalEventDefinition signalRef="sig"/>';

/** X throws in one branch what is heard in the other, where `host` and A2 are. */
function heard(host: string, beside: string) {
	return readModel(
		`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('X', 'X2', 'A2', 'N')}${host}
		<intermediateThrowEvent id="ring">${SIGNAL}</intermediateThrowEvent>${beside}
		<endEvent id="eX"/><endEvent id="eA"/><endEvent id="eN"/>
		${arrows('start -> fork, fork -> X, X -> ring, ring -> X2, X2 -> eX, fork -> A, A -> A2, A2 -> eA, heard -> N, N -> eN')}`,
		ROOTS,
	);
}

const AT_A = `<boundaryEvent id="heard" attachedToRef="A" cancelActivity="false">${SIGNAL}</boundaryEvent>`;
const INSIDE = `<startEvent id="s"/>${userTasks('B', 'C')}<endEvent id="e"/>${arrows('s -> B, B -> C, C -> e')}`;

/** What is heard in one branch, without ending anything, because somebody decided in another one. */
export const BESIDE_MODELS = {
	'a task': await heard(userTasks('A'), AT_A),
	'a subprocess': await heard(`<subProcess id="A">${INSIDE}</subProcess>`, AT_A),
	'an event in between': await heard(
		'<exclusiveGateway id="A"/>',
		`<intermediateCatchEvent id="heard">${SIGNAL}</intermediateCatchEvent>
		${arrows('fork -> heard')}`,
	),
} as const;
