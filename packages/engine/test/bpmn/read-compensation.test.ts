import { describe, expect, test } from 'vitest';
import { processFile } from './bpmn-file.ts';
import { errorsOf, nodeOf, read } from './read-model.ts';

const around = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/><userTask id="a"/>';
const event = '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>';
const handler = '<userTask id="u" isForCompensation="true"/>';
const association = '<association id="as" sourceRef="b" targetRef="u"/>';
const end = (attributes: string) => `<endEvent id="e"><compensateEventDefinition ${attributes}/></endEvent>`;
/** What is there to begin with is line 3, what is added begins on line 4. */
const process = (content: string) => processFile(`${around}\n${content}`);

describe('compensation', () => {
	test('connects an activity with the one that compensates it, and leaves no other node', async () => {
		const model = await read(process(event + handler + association + end('activityRef="a" waitForCompletion="false"')));
		expect(nodeOf(model, 'a', 'userTask').compensation).toBe('u');
		expect(Object.keys(model.nodes).sort()).toEqual(['a', 'a:end', 'e', 's', 'u']);
		expect(nodeOf(model, 'e', 'endEvent').throws).toEqual({ kind: 'compensation', activity: 'a', waits: false });
		expect(nodeOf(model, 'u', 'userTask')).toMatchObject({ incoming: [], outgoing: [] });
	});

	test('of all that an event sees is waited for, unless it says otherwise', async () => {
		const model = await read(process(event + handler + association + end('')));
		expect(nodeOf(model, 'e', 'endEvent').throws).toEqual({ kind: 'compensation', activity: null, waits: true });
	});

	test('that nothing leads to is said to be so', async () => {
		expect((await read(process(handler))).warnings).toEqual(['node-unreachable u:4']);
	});

	const inSub = (content: string, attributes = '') => `<subProcess id="x" ${attributes}>${content}</subProcess>`;
	const message =
		'<startEvent id="y"><conditionalEventDefinition><condition>${a}</condition></conditionalEventDefinition></startEvent>';

	test('in an event subprocess sees the scope around it', async () => {
		const event2 = inSub(`${message}${end('activityRef="a"')}`, 'triggeredByEvent="true"');
		expect((await read(process(event + handler + association + event2))).nodes.e?.kind).toBe('endEvent');
	});

	test.each([
		['at a handler', event.replace('"a"', '"u"') + handler + association, 'boundary-invalid b:4'],
		['at no activity', event.replace('"a"', '"s"') + handler + association, 'boundary-invalid b:4'],
		[
			'at a task that nothing carries out',
			`<task id="t"/>${event.replace('"a"', '"t"')}${handler}${association}`,
			'boundary-invalid b:4',
		],
		[
			'with an association to nothing',
			event + handler + association.replace('"u"', '"gone"'),
			'compensation-invalid b:4',
		],
		['without an association', event + handler, 'compensation-invalid b:4'],
		[
			'with an activity that does not compensate',
			event + handler.replace('true', 'false') + association,
			'compensation-invalid b:4',
		],
		[
			'twice',
			`${event}${handler}${association}\n${(event + association).replaceAll('"b"', '"c"').replace('"as"', '"at"')}`,
			'compensation-invalid c:5',
		],
		[
			'that a flow leads to',
			`${event}${handler}${association}\n<sequenceFlow id="g" sourceRef="a" targetRef="u"/>`,
			'incoming-not-allowed g:5',
		],
		[
			'that a flow leaves',
			`${event}${handler}${association}\n<sequenceFlow id="g" sourceRef="u" targetRef="a"/>`,
			'outgoing-not-allowed g:5',
		],
		[
			'that has events at its boundary',
			`${event}${handler}${association}\n<boundaryEvent id="c" attachedToRef="u"><errorEventDefinition/></boundaryEvent>`,
			'boundary-invalid c:5',
		],
		['by a task that nothing carries out', '<task id="t" isForCompensation="true"/>', 'attribute-not-supported t:4'],
		[
			'by an event subprocess',
			inSub(message, 'triggeredByEvent="true" isForCompensation="true"'),
			'attribute-not-supported x:4',
		],
		[
			'that begins an event subprocess',
			inSub('<startEvent id="y"><compensateEventDefinition/></startEvent>', 'triggeredByEvent="true"'),
			'element-not-supported y:4',
		],
		['of what nothing compensates', end('activityRef="a"'), 'compensation-invalid e:4'],
		[
			'of what the event does not see',
			event + handler + association + inSub(`<startEvent id="y"/>${end('activityRef="a"')}`),
			'compensation-invalid e:4',
		],
	])('is refused %s', async (_, content, problem) => {
		expect(await errorsOf(process(content))).toContain(problem);
	});
});
