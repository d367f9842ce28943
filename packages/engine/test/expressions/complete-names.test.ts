import { expect, it } from 'vitest';
import { parseDecision } from '../../src/dmn/parse-decision.ts';
import { completeNames } from '../../src/expressions/complete-names.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** As it was stored before expressions had names. */
function stored<T>(model: T): T {
	return JSON.parse(
		JSON.stringify(model, function (this: object, key, value) {
			return key === 'names' && 'language' in this ? undefined : value;
		}),
	) as T;
}

const flow = await readModel(
	`<startEvent id="start"/>${userTasks('T')}<exclusiveGateway id="gw" default="gw_T"/><endEvent id="end"/>
	${arrows('start -> gw, gw -> T, gw -[sum(amounts) > floor(limit)]-> end, T -> end')}`,
);
const decision = await decisionOf(
	`<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x"><decision id="R" name="Pre-bureau risk">
		<literalExpression><text>3</text></literalExpression></decision>
	<decision id="D" name="D"><informationRequirement><requiredDecision href="#R"/></informationRequirement><decisionTable>
		<input><inputExpression><text>abs(Pre-bureau risk)</text></inputExpression></input>
		<input><inputExpression><text>sum(amounts)</text></inputExpression></input><output name="o"/>
		<rule><inputEntry><text>&lt; 5</text></inputEntry><inputEntry><text>&gt; max(limit, 10), [floor(low)..high]</text></inputEntry><outputEntry><text>count(amounts)</text></outputEntry></rule>
	</decisionTable></decision></definitions>`,
);

async function decisionOf(xml: string) {
	const parsed = await parseDecision(xml, 'D');
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	return parsed.model;
}

it.each([
	['flow', flow],
	['decision', decision],
])('a %s that was stored without them has the names that it has at deployment', (_, model) => {
	const before = stored(model);
	expect(before).not.toEqual(model);
	completeNames(before);
	expect(before).toEqual(model);
	expect(JSON.stringify(before)).toContain('"limit"');
});

it('leaves the data of a process as it is', () => {
	const data = {
		data: { process: { rule: { language: 'feel', tree: null, source: 'sum(a)' } } },
	} as unknown as ProcessModel;
	const before = structuredClone(data);
	completeNames(data);
	expect(data).toEqual(before);
});
