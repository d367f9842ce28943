import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseModel } from '../../src/bpmn/parse-model.ts';
import { file, processFile, taskFile } from './bpmn-file.ts';

const many = (count: number, part: (n: number) => string) =>
	Array.from({ length: count }, (_, n) => part(n)).join('\n');
const MEGABYTES = 1_900_000;

/** Far above what they take (0.6 s at most when this was written), far below what anything quadratic would. */
const MAX_MS = 5_000;

const HOSTILE: readonly (readonly [what: string, xml: () => string, outcome: string])[] = [
	['10 MB of nesting', () => '<a>'.repeat(3_333_333), 'model-too-large'],
	['2 MB of nesting', () => '<a>'.repeat(MEGABYTES / 3), 'model-too-large'],
	['5,000 levels in a task', () => task('<x>'.repeat(5_000) + '</x>'.repeat(5_000)), 'model-too-large'],
	['multibyte text beyond the limit', () => `<a>${'中'.repeat(700_000)}</a>`, 'model-too-large'],
	['20,001 elements', () => processFile(many(20_001, (n) => `<task id="t${n}"/>`)), 'model-too-large'],
	['150,000 attributes', () => `<a ${many(150_000, (n) => `a${n}=""`)}/>`, 'model-too-large'],
	['an endless attribute', () => `<a b="${'x'.repeat(MEGABYTES)}`, 'xml-invalid'],
	['an endless tag', () => `<a ${' '.repeat(MEGABYTES)}`, 'xml-invalid'],
	['an endless name', () => `<${'a'.repeat(MEGABYTES)}`, 'xml-invalid'],
	['an endless comment', () => `<a><!--${'-'.repeat(MEGABYTES)}`, 'xml-invalid'],
	['an endless CDATA section', () => `<a><![CDATA[${']'.repeat(MEGABYTES)}`, 'xml-invalid'],
	['an endless instruction', () => `<a><?${'?'.repeat(MEGABYTES)}`, 'xml-invalid'],
	['only opening brackets', () => '<'.repeat(MEGABYTES), 'xml-invalid'],
	['only ampersands', () => `<a>${'&'.repeat(MEGABYTES)}</a>`, 'xml-invalid'],
	['an entity bomb', () => '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>', 'xml-doctype'],
	['a null character', () => '<a>\0</a>', 'xml-invalid'],
	['half a surrogate pair', () => '<a>\ud800</a>', 'xml-invalid'],
	['a reference to no character', () => '<a>&#0;&#xd800;</a>', 'xml-invalid'],
	['250,000 comments', () => `<a>${'<!---->'.repeat(250_000)}</a>`, 'not-bpmn'],
	['19,000 unknown elements', () => processFile('<foo/>\n'.repeat(19_000)), 'not-bpmn'],
	['19,000 texts', () => processFile('<task>x</task>\n'.repeat(19_000)), 'not-bpmn'],
	['19,000 equal ids', () => processFile('<task id="t"/>\n'.repeat(19_000)), 'id-duplicate'],
	[
		'18,000 unresolved references',
		() => processFile(many(18_000, (n) => `<sequenceFlow sourceRef="a${n}" targetRef="b${n}"/>`)),
		'reference-unresolved',
	],
	[
		'75,000 unknown attributes',
		() => processFile(many(15_000, (n) => `<task id="t${n}" a="1" b="2" c="3" d="4" e="5"/>`)),
		'start-missing',
	],
	[
		'15,000 namespaces',
		() => processFile(many(15_000, (n) => `<task id="t${n}" xmlns:n${n}="u${n}" n${n}:a="1"/>`)),
		'start-missing',
	],
	['1.7 MB of FEEL that is slow to parse', () => assignees(many(400, (n) => `a${n}:${n},`)), 'model-too-large'],
	['the same, broken', () => assignees(many(400, (n) => `a${n}:${n}`)), 'model-too-large'],
	[
		'deep JUEL',
		() => processFile(many(190, (n) => `<userTask id="t${n}" camunda:assignee="\${${'('.repeat(9_900)}a}"/>`)),
		'expression-invalid',
	],
	['3,000 subprocesses, none with a start', () => processFile(many(3_000, (n) => nested(n, 5))), 'start-missing'],
	[
		'9,000 events of one message with a long name',
		() =>
			file(
				`<message id="m" name="${'${a}'.repeat(2_400)}"/><process id="p">${many(
					9_000,
					(n) => `<endEvent id="e${n}"><messageEventDefinition messageRef="m"/></endEvent>`,
				)}</process>`,
			),
		'start-missing',
	],
	[
		'an event gateway with 9,000 events at its boundary',
		() =>
			processFile(
				`<eventBasedGateway id="g"/>${many(
					4_500,
					(n) =>
						`<receiveTask id="t${n}"/><boundaryEvent id="b${n}" attachedToRef="t${n}"><errorEventDefinition/></boundaryEvent><sequenceFlow sourceRef="g" targetRef="t${n}"/>`,
				)}`,
			),
		'event-gateway-invalid',
	],
	['501 assignees', () => assignees(many(501, (n) => `${n},`)), 'model-too-large'],
	['a list of 200,000 owners', () => owner('user(a),'.repeat(200_000)), 'model-too-large'],
];

describe('hostile input is refused in bounded time', () => {
	test.each(HOSTILE)('%s', { timeout: 30_000 }, async (_, xml, outcome) => {
		const text = xml();
		const started = performance.now();
		const parsed = await parseModel(text);
		expect(performance.now() - started).toBeLessThan(MAX_MS);
		expect(parsed.ok ? [] : parsed.errors.map((error) => error.code)).toContain(outcome);
	});

	test('never with a message longer than 500 characters, nor with more than 100 errors', async () => {
		for (const xml of [`<${'a'.repeat(100_000)}`, processFile('<task/>\n'.repeat(1_000))]) {
			const parsed = await parseModel(xml);
			const errors = parsed.ok ? [] : parsed.errors;
			expect(errors.length).toBeGreaterThan(0);
			expect(errors.length).toBeLessThanOrEqual(100);
			for (const error of errors) expect(error.message.length).toBeLessThanOrEqual(500);
		}
	});
});

describe('a model of an honest size', () => {
	test('of 50 tasks is read in milliseconds, of 5,000 in less than seconds', async () => {
		for (const [tasks, bound] of [
			[50, 500],
			[5_000, MAX_MS],
		] as const) {
			const flows = many(tasks, (n) => `<sequenceFlow id="f${n}" sourceRef="t${n}" targetRef="t${n + 1}"/>`);
			const nodes = many(tasks, (n) => `<userTask id="t${n + 1}" camunda:assignee="\${u${n}}"/>`);
			const started = performance.now();
			const parsed = await parseModel(processFile(`<startEvent id="t0"/>${nodes}${flows}`));
			expect(performance.now() - started).toBeLessThan(bound);
			expect(parsed.ok && Object.keys(parsed.model.nodes).length).toBe(tasks + 2);
		}
	});
});

describe('damaged files', () => {
	const timer = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';
	const whole = file(`<message id="m" name="n"/><error id="r" errorCode="42"/><process id="p">
		<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
		<subProcess id="t"><documentation><![CDATA[x]]></documentation><!-- c -->
			<multiInstanceLoopCharacteristics camunda:collection="list"><completionCondition>= a.b</completionCondition></multiInstanceLoopCharacteristics>
			<startEvent id="u"/><sequenceFlow id="g" sourceRef="u" targetRef="v"/>
			<userTask id="v" camunda:assignee="\${a.b}"/><boundaryEvent id="w" attachedToRef="v">${timer}</boundaryEvent>
			<endEvent id="e"><errorEventDefinition errorRef="r"/></endEvent><sequenceFlow id="h" sourceRef="v" targetRef="e"/>
		</subProcess>
		<subProcess id="x" triggeredByEvent="true"><startEvent id="y"><messageEventDefinition messageRef="m"/></startEvent></subProcess>
		<intermediateThrowEvent id="l"><linkEventDefinition name="L"/></intermediateThrowEvent>
		<intermediateCatchEvent id="k"><linkEventDefinition name="L"/></intermediateCatchEvent>
		<callActivity id="c" calledElement="other"/><serviceTask id="d" sendback:topic="x"/>
		</process>`);

	test('whole it is accepted', async () => {
		expect(await parseModel(whole)).toMatchObject({ ok: true });
	});

	const damage = fc.array(
		fc.record({
			at: fc.nat({ max: whole.length }),
			length: fc.nat({ max: 12 }),
			text: fc.oneof(
				fc.constantFrom('<', '>', '"', '&', '/>', '<!--', ']]>', '${', '= ', 'sendback:', ''),
				fc.string(),
			),
		}),
		{ minLength: 1, maxLength: 4 },
	);

	test('are read or refused with a line that exists; nothing throws', async () => {
		await fc.assert(
			fc.asyncProperty(damage, async (cuts) => {
				const damaged = cuts.reduce(
					(xml, { at, length, text }) => xml.slice(0, at) + text + xml.slice(at + length),
					whole,
				);
				const parsed = await parseModel(damaged);
				const lines = damaged.split(/\r\n|\r|\n/).length;
				for (const { line } of parsed.ok ? parsed.warnings : parsed.errors) {
					expect(line).toBeGreaterThanOrEqual(1);
					expect(line).toBeLessThanOrEqual(lines);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

function nested(n: number, depth: number): string {
	return depth === 0 ? '' : `<subProcess id="s${n}-${depth}">${nested(n, depth - 1)}</subProcess>`;
}

function task(content: string): string {
	return taskFile(`<userTask id="t">${content}</userTask>`);
}

/** 450 tasks whose assignee is a context of these entries. */
function assignees(entries: string): string {
	const context = `{${entries.replace(/,$/, '')}}`;
	return processFile(many(450, (n) => `<userTask id="t${n}" camunda:assignee="= ${context}"/>`));
}

function owner(text: string): string {
	const expression = `<resourceAssignmentExpression><formalExpression>${text}</formalExpression></resourceAssignmentExpression>`;
	return task(`<potentialOwner>${expression}</potentialOwner>`);
}
