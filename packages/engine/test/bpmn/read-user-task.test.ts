import { describe, expect, test } from 'vitest';
import type { AssigneeSource } from '../../src/model/process-model.ts';
import { taskFile } from './bpmn-file.ts';
import { errorsOf, nodeOf, read } from './read-model.ts';

const users = (text: string): AssigneeSource => ({ kind: 'users', users: { kind: 'literal', text } });
const group = (text: string): AssigneeSource => ({ kind: 'group', groups: { kind: 'literal', text } });
const owner = (text: string, role = 'potentialOwner') =>
	`<${role}><resourceAssignmentExpression><formalExpression>${text}</formalExpression></resourceAssignmentExpression></${role}>`;
const zeebe = (content: string) => `<extensionElements>${content}</extensionElements>`;

async function taskWith(attributes: string, content = '') {
	const model = await read(taskFile(`<userTask id="t" ${attributes}>${content}</userTask>`));
	return { ...nodeOf(model, 't', 'userTask'), warnings: model.warnings };
}

describe('who decides a task', () => {
	test.each([
		['nobody named', '', '', [], 'all'],
		['camunda:assignee', 'camunda:assignee="1001"', '', [users('1001')], 'all'],
		['flowable:assignee', 'flowable:assignee="1001"', '', [users('1001')], 'all'],
		['activiti:assignee', 'activiti:assignee="1001"', '', [users('1001')], 'all'],
		['a blank assignee', 'camunda:assignee=" "', '', [], 'all'],
		['candidate users', 'camunda:candidateUsers="1001, 1002"', '', [users('1001, 1002')], 'first'],
		['candidate groups', 'flowable:candidateGroups="hr"', '', [group('hr')], 'first'],
		['both', 'camunda:candidateUsers="1" camunda:candidateGroups="hr"', '', [users('1'), group('hr')], 'first'],
		['sendback:assignees', 'sendback:assignees="1001,1002"', '', [users('1001,1002')], 'all'],
		['sendback:groups', 'sendback:groups="hr"', '', [group('hr')], 'first'],
		['a mode of its own', 'sendback:assignees="1,2" sendback:decisionMode="orderly"', '', [users('1,2')], 'orderly'],
		[
			'candidates who all decide',
			'camunda:candidateUsers="1,2" sendback:decisionMode="all"',
			'',
			[users('1,2')],
			'all',
		],
		[
			'zeebe assignee',
			'',
			zeebe('<zeebe:userTask/><zeebe:assignmentDefinition assignee="1001"/>'),
			[users('1001')],
			'all',
		],
		['zeebe groups', '', zeebe('<zeebe:assignmentDefinition candidateGroups="hr"/>'), [group('hr')], 'first'],
		['a performer', '', owner('1001', 'humanPerformer'), [users('1001')], 'all'],
		['an owner: a bare name is a group', '', owner('hr'), [group('hr')], 'first'],
		['an owner', '', owner(' user(1001), group( hr ),legal '), [users('1001'), group('hr'), group('legal')], 'first'],
	])('%s', async (_, attributes, content, assignees, mode) => {
		expect(await taskWith(attributes, content)).toMatchObject({ assignees, mode, warnings: [] });
	});

	test.each([
		['an assignee before candidates', 'camunda:assignee="1" camunda:candidateUsers="2"', [users('1')]],
		['our own before others', 'camunda:assignee="1" sendback:groups="hr"', [group('hr')]],
	])('%s, with a warning', async (_, attributes, assignees) => {
		expect(await taskWith(attributes)).toMatchObject({ assignees, warnings: ['assignment-overridden t:3'] });
	});

	test('expressions and mixtures', async () => {
		const { assignees } = await taskWith('camunda:candidateUsers="kermit_${n}, 7" camunda:candidateGroups="= leaders"');
		expect(assignees).toMatchObject([
			{ kind: 'users', users: { kind: 'template' } },
			{ kind: 'group', groups: { kind: 'expression', expression: { language: 'feel', source: 'leaders' } } },
		]);
	});

	test.each([
		['flowable:assignee="$INITIATOR"', '', ['initiator']],
		['camunda:candidateUsers="1001, $INITIATOR ,1002"', '', ['1001,', 'initiator', ',1002']],
		['', owner('user($INITIATOR)'), ['initiator']],
	])('the initiator, as modelers write it: %s', async (attributes, content, parts) => {
		const { assignees, warnings } = await taskWith(attributes, content);
		const [source] = assignees;
		const text = source?.kind === 'users' ? source.users : null;
		const read = (text?.kind === 'template' ? text.parts : [text]).map((part) =>
			part?.kind === 'expression' ? part.expression.source : part?.kind === 'literal' ? part.text : null,
		);
		expect([read, warnings]).toEqual([parts, []]);
	});

	test.each([
		['flowable:assignee="张三"', ''],
		['flowable:assignee="not valid!"', ''],
		['sendback:assignees="1001, $1002"', ''],
		['camunda:candidateGroups="human resources"', ''],
		['camunda:candidateGroups="$INITIATOR"', ''],
		[`camunda:assignee="${'x'.repeat(65)}"`, ''],
		['', owner('group(财务)')],
	])('nobody who cannot exist: %s%s', async (attributes, content) => {
		expect(await errorsOf(taskFile(`<userTask id="t" ${attributes}>${content}</userTask>`))).toEqual([
			'assignee-invalid t:3',
		]);
	});

	test.each([
		['commas in an expression', owner('user(${a}), ${b}'), ['users', 'group']],
		['two owners', owner('user(1)') + owner('hr'), ['users', 'group']],
	])('an owner with %s', async (_, content, kinds) => {
		expect((await taskWith('', content)).assignees.map((source) => source.kind)).toEqual(kinds);
	});
});

describe('the rest of a task', () => {
	test.each([
		['onReject', 'sendback:onReject="continue"', '', { onReject: 'continue' }],
		['rollbackRange', 'sendback:rollbackRange="initiator"', '', { rollbackRange: 'initiator' }],
		['a form', 'camunda:formKey="embedded:x.html"', '', { formKey: 'embedded:x.html' }],
		['a form of Camunda 8', '', zeebe('<zeebe:formDefinition formId="f1"/>'), { formKey: 'f1' }],
		['a due date', 'flowable:dueDate="PT1H"', '', { dueDate: { kind: 'literal', text: 'PT1H' } }],
		[
			'a due date of Camunda 8',
			'',
			zeebe('<zeebe:taskSchedule dueDate="= due"/>'),
			{ dueDate: { kind: 'expression', expression: { source: 'due' } } },
		],
	])('%s', async (_, attributes, content, expected) => {
		expect(await taskWith(attributes, content)).toMatchObject({ ...expected, warnings: [] });
	});

	test.each([['sendback:decisionMode="ratio"'], ['sendback:onReject="stop"'], ['sendback:rollbackRange=""']])(
		'refuses %s, by line',
		async (attribute) => {
			expect(await errorsOf(taskFile(`\n<userTask id="t" ${attribute}/>`))).toEqual(['attribute-invalid t:4']);
		},
	);
});
