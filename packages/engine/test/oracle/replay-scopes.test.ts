import { describe, expect, it } from 'vitest';
import type { Loop, ProcessModel, Trigger } from '../../src/model/process-model.ts';
import { markingKey } from '../../src/verify/marking.ts';
import { type Replay, replay } from '../../src/verify/replay.ts';
import { comparison, number, text } from '../models/draft.ts';
import { draw, drawNested } from '../models/drawing.ts';
import { writtenLog } from './written-log.ts';

const TIMER: Trigger = { kind: 'timer', timer: 'duration', when: text('PT1H') };

function loop(kind: 'parallel' | 'sequential', enough: number | null = null): Loop {
	const completionCondition = enough === null ? null : comparison('nrOfCompletedInstances', '>=', enough);
	return { kind, cardinality: number(2), collection: null, elementVariable: null, completionCondition };
}

const WHILE: Loop = { kind: 'standard', condition: comparison('again', '=', 1), testBefore: false, maximum: 2 };

/** A user task in a subprocess with a timer that ends it and a message that does not. */
const SUBPROCESS = drawNested(
	{ process: ['Start Sub T End', 'OnTime X EndX', 'OnWord Y EndY'], Sub: ['StartS A EndS'] },
	{ OnTime: { attachedTo: 'Sub', trigger: TIMER }, OnWord: { attachedTo: 'Sub', interrupting: false } },
);
const inSub = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1',
	'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_A_1@1 wait:OnTime^active:Sub wait:OnWord^active:Sub +1:sub^active:Sub',
	'enter A@1 flow:StartS_A_1 > task:A',
];
const subEnded = [...inSub, 'complete A@1 task:A > flow:A_EndS_1', 'end EndS@1 flow:A_EndS_1 > sink:EndS'];

/** Event subprocesses: one in the process that ends everything, one in a subprocess that does not. */
const HANDLERS = drawNested(
	{
		process: ['Start Sub End', 'HandlerP'],
		Sub: ['StartS A EndS', 'HandlerS'],
		HandlerP: ['StartP P EndP'],
		HandlerS: ['StartH H EndH'],
	},
	{ StartP: { trigger: TIMER }, StartH: { trigger: TIMER, interrupting: false } },
);
const handled = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1 wait:StartP',
	'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_A_1@1 wait:StartH@1 +1:sub^active:Sub',
	'enter A@1 flow:StartS_A_1 > task:A',
];
const beside = [
	...handled,
	'catch StartH@1 wait:StartH > active:HandlerS flow:StartH_H_1@2 +2:sub^active:HandlerS',
	'enter H@2 flow:StartH_H_1 > task:H',
];
const bothEnded = [
	...beside,
	'complete A@1 task:A > flow:A_EndS_1',
	'end EndS@1 flow:A_EndS_1 > sink:EndS',
	'complete H@2 task:H > flow:H_EndH_1',
	'end EndH@2 flow:H_EndH_1 > sink:EndH',
	'finish HandlerS@1 active:HandlerS sink:EndH@2 > sink:HandlerS -2',
];

const PARALLEL = drawNested(
	{ process: ['Start U T End', 'OnTime X EndX'] },
	{ U: { loop: loop('parallel', 1) }, OnTime: { attachedTo: 'U', trigger: TIMER } },
);
const twoRuns = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_U_1',
	'enter U flow:Start_U_1 > active:U wait:OnTime^active:U task:U@2 task:U@3 +1:loop#2^active:U +2:run<1 +3:run<1',
];
const ALL_OF_TWO = drawNested({ process: ['Start U T End'] }, { U: { loop: loop('parallel') } });
const twoPlainRuns = twoRuns.map((line) => line.replace(' wait:OnTime^active:U', ''));
const SEQUENTIAL = drawNested({ process: ['Start U T End'] }, { U: { loop: loop('sequential') } });
const firstRun = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_U_1',
	'enter U flow:Start_U_1 > active:U task:U@2 +1:loop#2^active:U +2:run<1',
	'complete U@2 task:U > sink:U@1 -2',
];
const secondRun = [...firstRun, 'repeat U@1 sink:U > sink:U task:U@3 +3:run<1'];
const REPEATED_SUB = drawNested(
	{ process: ['Start Sub T End'], Sub: ['StartS A EndS'] },
	{ Sub: { loop: loop('sequential') } },
);
const inRun = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1',
	'enter Sub flow:Start_Sub_1 > active:Sub active:Sub@2 flow:StartS_A_1@3 +1:loop#2^active:Sub@0 +2:run<1 +3:sub^active:Sub@2',
	'enter A@3 flow:StartS_A_1 > task:A',
	'complete A@3 task:A > flow:A_EndS_1',
	'end EndS@3 flow:A_EndS_1 > sink:EndS',
];
const REPEATED = drawNested({ process: ['Start U T End'] }, { U: { loop: WHILE } });

const ERROR = { kind: 'error', code: 'e' } as const;
const ESCALATION = { kind: 'escalation', code: 'e' } as const;
const ANY_ESCALATION = { kind: 'escalation', code: null } as const;

/** An error two subprocesses deep; the inner one catches another error only. */
const ERRORS = drawNested(
	{
		process: ['Start Sub End', 'OnErr X EndX'],
		Sub: ['StartS AndS SubIn EndS', 'AndS B EndB', 'OnOther Z EndZ'],
		SubIn: ['StartI EndErr'],
	},
	{
		OnErr: { attachedTo: 'Sub', trigger: { kind: 'error', code: null } },
		OnOther: { attachedTo: 'SubIn', trigger: { kind: 'error', code: 'other' } },
		EndErr: { throws: ERROR },
	},
);
const erring = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1',
	'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_AndS_1@1 +1:sub^active:Sub',
	'fork AndS@1 flow:StartS_AndS_1 > flow:AndS_SubIn_1 flow:AndS_B_1',
	'enter B@1 flow:AndS_B_1 > task:B',
	'enter SubIn@1 flow:AndS_SubIn_1 > active:SubIn flow:StartI_EndErr_1@2 +2:sub^active:SubIn',
];
const ERROR_IN_RUN = drawNested(
	{ process: ['Start Sub End', 'OnErr X EndX'], Sub: ['StartS EndErr'] },
	{
		Sub: { loop: loop('parallel') },
		OnErr: { attachedTo: 'Sub', trigger: ERROR },
		EndErr: { throws: ERROR },
	},
);
const erringRun = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1',
	'enter Sub flow:Start_Sub_1 > active:Sub active:Sub@2 flow:StartS_EndErr_1@3 active:Sub@4 flow:StartS_EndErr_1@5 +1:loop#2^active:Sub@0 +2:run<1 +3:sub^active:Sub@2 +4:run<1 +5:sub^active:Sub@4',
];
const UNCAUGHT = drawNested(
	{ process: ['Start AndS Sub End', 'AndS B EndB'], Sub: ['StartS EndErr'] },
	{ EndErr: { throws: ERROR } },
);
const uncaught = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_AndS_1',
	'fork AndS flow:Start_AndS_1 > flow:AndS_Sub_1 flow:AndS_B_1',
	'enter B flow:AndS_B_1 > task:B',
	'enter Sub flow:AndS_Sub_1 > active:Sub flow:StartS_EndErr_1@1 +1:sub^active:Sub',
];
const ERROR_HANDLER = drawNested(
	{ process: ['Start AndS A EndErr', 'AndS B EndB', 'HandlerE'], HandlerE: ['StartE H EndH'] },
	{ EndErr: { throws: ERROR }, StartE: { trigger: ERROR } },
);

function escalating(interrupting: boolean): ProcessModel {
	return drawNested(
		{ process: ['Start Sub End', 'OnEsc X EndX'], Sub: ['StartS ThrowE EndE'] },
		{
			OnEsc: { attachedTo: 'Sub', interrupting, trigger: ANY_ESCALATION },
			ThrowE: { throws: ESCALATION },
			EndE: { throws: ESCALATION },
		},
	);
}
const escalated = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Sub_1',
	'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_ThrowE_1@1 +1:sub^active:Sub',
];

const RACE = draw('Start Gate CatchA A End', 'Gate ReceiveB B End');
const racing = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Gate_1',
	'enter Gate flow:Start_Gate_1 > active:Gate wait:CatchA^active:Gate wait:ReceiveB^active:Gate',
];
const WAITS = drawNested(
	{ process: ['Start CatchA ReceiveB Job Script Rule Send End', 'OnTime X EndX'] },
	{ OnTime: { attachedTo: 'ReceiveB', trigger: TIMER } },
);
const received = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_CatchA_1',
	'enter CatchA flow:Start_CatchA_1 > wait:CatchA',
	'catch CatchA wait:CatchA > flow:CatchA_ReceiveB_1',
	'enter ReceiveB flow:CatchA_ReceiveB_1 > active:ReceiveB wait:OnTime^active:ReceiveB',
];
const FAILING = drawNested(
	{ process: ['Start Job End', 'OnErr X EndX'] },
	{ OnErr: { attachedTo: 'Job', trigger: ERROR } },
);
const STOP = drawNested({ process: ['Start Sub T End'], Sub: ['StartS AndS A EndS', 'AndS Stop'] });
const CALL = draw('Start Call T End');
const CALLED = drawNested(
	{ process: ['StartC C EndC', 'HandlerC'], HandlerC: ['StartH H EndH'] },
	{ StartH: { trigger: TIMER } },
);
const inCall = [
	'enter Start > task:Start',
	'complete Start task:Start > flow:Start_Call_1',
	'enter Call flow:Start_Call_1 > active:Call flow:StartC_C_1@1 wait:StartH@1 +1:call=called^active:Call',
	'enter C@1 flow:StartC_C_1 > task:C',
];
const calledEnded = [...inCall, 'complete C@1 task:C > flow:C_EndC_1', 'end EndC@1 flow:C_EndC_1 > sink:EndC'];

function played(model: ProcessModel, lines: readonly string[]): Replay {
	return replay(model, writtenLog(lines), ({ flowId }) => (flowId === 'called' ? CALLED : null));
}

describe('a legal log', () => {
	it.each<[string, ProcessModel, string[], string]>([
		['in a subprocess', SUBPROCESS, inSub, 'active:Sub[wait:OnTime wait:OnWord]sub(task:A)'],
		[
			'finishes a subprocess with the events at it',
			SUBPROCESS,
			[...subEnded, 'finish Sub active:Sub wait:OnTime wait:OnWord sink:EndS@1 > flow:Sub_T_1 -1'],
			'flow:Sub_T_1',
		],
		[
			'interrupts a subprocess',
			SUBPROCESS,
			[...inSub, 'interrupt OnTime active:Sub wait:OnTime wait:OnWord task:A@1 > flow:OnTime_X_1 -1'],
			'flow:OnTime_X_1',
		],
		[
			'begins something beside a subprocess, and waits on',
			SUBPROCESS,
			[...inSub, 'catch OnWord wait:OnWord > flow:OnWord_Y_1 wait:OnWord^active:Sub'],
			'active:Sub[wait:OnTime wait:OnWord]sub(task:A) flow:OnWord_Y_1',
		],
		[
			'begins something beside a subprocess, for the last time',
			SUBPROCESS,
			[...inSub, 'catch OnWord wait:OnWord > flow:OnWord_Y_1'],
			'active:Sub[wait:OnTime]sub(task:A) flow:OnWord_Y_1',
		],
		['begins an event subprocess', HANDLERS, beside, 'active:Subsub(active:HandlerSsub(task:H) task:A) wait:StartP'],
		[
			'begins an event subprocess that may begin again',
			HANDLERS,
			[...handled, 'catch StartH@1 wait:StartH > active:HandlerS flow:StartH_H_1@2 wait:StartH +2:sub^active:HandlerS'],
			'active:Subsub(active:HandlerSsub(flow:StartH_H_1) task:A wait:StartH) wait:StartP',
		],
		[
			'finishes an event subprocess, then the subprocess around it, then the process with its own event',
			HANDLERS,
			[
				...bothEnded,
				'finish Sub active:Sub sink:EndS@1 sink:HandlerS@1 > flow:Sub_End_1 -1',
				'end End flow:Sub_End_1 > sink:End',
				'finish process sink:End wait:StartP >',
			],
			'',
		],
		[
			'finishes a subprocess with an event that would begin something in it',
			HANDLERS,
			[
				...handled,
				'complete A@1 task:A > flow:A_EndS_1',
				'end EndS@1 flow:A_EndS_1 > sink:EndS',
				'finish Sub active:Sub sink:EndS@1 wait:StartH@1 > flow:Sub_End_1 -1',
			],
			'flow:Sub_End_1 wait:StartP',
		],
		[
			'ends everything for an event subprocess',
			HANDLERS,
			[
				...beside,
				'interrupt StartP active:Sub wait:StartP task:A@1 active:HandlerS@1 task:H@2 > active:HandlerP flow:StartP_P_1@3 -1 -2 +3:sub^active:HandlerP',
			],
			'active:HandlerPsub(flow:StartP_P_1)',
		],
		['opens every run at once', PARALLEL, twoRuns, 'active:U[wait:OnTime]loop#2(run(task:U)*2)'],
		[
			'ends a repeated task early',
			PARALLEL,
			[
				...twoRuns,
				'complete U@3 task:U > active:U@1 -3',
				'finish U active:U wait:OnTime active:U@1 task:U@2 > flow:U_T_1 -1 -2',
			],
			'flow:U_T_1',
		],
		[
			'goes on with the other runs where the condition does not hold',
			PARALLEL,
			[...twoRuns, 'complete U@3 task:U > active:U@1 -3', 'repeat U@1 active:U > sink:U'],
			'active:U[wait:OnTime]loop#2(run(task:U) sink:U)',
		],
		[
			'interrupts all runs',
			PARALLEL,
			[
				...twoRuns,
				'complete U@2 task:U > active:U@1 -2',
				'repeat U@1 active:U > sink:U',
				'interrupt OnTime active:U wait:OnTime sink:U@1 task:U@3 > flow:OnTime_X_1 -1 -3',
			],
			'flow:OnTime_X_1',
		],
		[
			'finishes when all runs are',
			ALL_OF_TWO,
			[
				...twoPlainRuns,
				'complete U@2 task:U > sink:U@1 -2',
				'complete U@3 task:U > sink:U@1 -3',
				'finish U active:U sink:U@1 sink:U@1 > flow:U_T_1 -1',
			],
			'flow:U_T_1',
		],
		['begins one run after the other', SEQUENTIAL, secondRun, 'active:Uloop#2(run(task:U) sink:U)'],
		[
			'finishes after the last run',
			SEQUENTIAL,
			[...secondRun, 'complete U@3 task:U > sink:U@1 -3', 'finish U active:U sink:U@1 sink:U@1 > flow:U_T_1 -1'],
			'flow:U_T_1',
		],
		[
			'repeats a subprocess',
			REPEATED_SUB,
			[
				...inRun,
				'finish Sub@2 active:Sub sink:EndS@3 > sink:Sub@1 -2 -3',
				'repeat Sub@1 sink:Sub > sink:Sub active:Sub@4 flow:StartS_A_1@5 +4:run<1 +5:sub^active:Sub@4',
			],
			'active:Subloop#2(run(active:Subsub(flow:StartS_A_1)) sink:Sub)',
		],
		[
			'repeats by a condition, and then does not',
			REPEATED,
			[
				'enter Start > task:Start',
				'complete Start task:Start > flow:Start_U_1',
				'enter U flow:Start_U_1 > active:U task:U@2 +1:loop#1000^active:U +2:run<1',
				'complete U@2 task:U > sink:U@1 -2',
				'repeat U@1 sink:U > sink:U task:U@3 +3:run<1',
				'complete U@3 task:U > sink:U@1 -3',
				'finish U active:U sink:U@1 sink:U@1 > flow:U_T_1 -1',
			],
			'flow:U_T_1',
		],
		[
			'catches an error where it is caught, not nearer',
			ERRORS,
			[
				...erring,
				'interrupt EndErr@2 flow:StartI_EndErr_1 active:SubIn@1 task:B@1 active:Sub@0 > flow:OnErr_X_1@0 -1 -2',
			],
			'flow:OnErr_X_1',
		],
		[
			'ends all runs for an error in one of them',
			ERROR_IN_RUN,
			[
				...erringRun,
				'interrupt EndErr@5 flow:StartS_EndErr_1@5 active:Sub@4 active:Sub@2 flow:StartS_EndErr_1@3 active:Sub@0 > flow:OnErr_X_1@0 -1 -2 -3 -4 -5',
			],
			'flow:OnErr_X_1',
		],
		[
			'ends with an error that nobody catches',
			UNCAUGHT,
			[...uncaught, 'terminate EndErr flow:StartS_EndErr_1@1 active:Sub task:B > -1'],
			'',
		],
		[
			'catches an error in an event subprocess',
			ERROR_HANDLER,
			[
				'enter Start > task:Start',
				'complete Start task:Start > flow:Start_AndS_1',
				'fork AndS flow:Start_AndS_1 > flow:AndS_A_1 flow:AndS_B_1',
				'enter A flow:AndS_A_1 > task:A',
				'complete A task:A > flow:A_EndErr_1',
				'interrupt EndErr flow:A_EndErr_1 flow:AndS_B_1 > active:HandlerE flow:StartE_H_1@1 +1:sub^active:HandlerE',
			],
			'active:HandlerEsub(flow:StartE_H_1)',
		],
		[
			'ends with an error in what was to handle it',
			drawNested(
				{ process: ['Start EndErr', 'HandlerE'], HandlerE: ['StartE EndAgain'] },
				{ EndErr: { throws: ERROR }, StartE: { trigger: ERROR }, EndAgain: { throws: ERROR } },
			),
			[
				'enter Start > task:Start',
				'complete Start task:Start > flow:Start_EndErr_1',
				'interrupt EndErr flow:Start_EndErr_1 > active:HandlerE flow:StartE_EndAgain_1@1 +1:sub^active:HandlerE',
				'terminate EndAgain flow:StartE_EndAgain_1@1 active:HandlerE > -1',
			],
			'',
		],
		[
			'escalates and goes on, also at the end',
			escalating(false),
			[
				...escalated,
				'throw ThrowE@1 flow:StartS_ThrowE_1 > flow:ThrowE_EndE_1 flow:OnEsc_X_1@0',
				'end EndE@1 flow:ThrowE_EndE_1 > sink:EndE flow:OnEsc_X_1@0',
			],
			'active:Subsub(sink:EndE) flow:OnEsc_X_1*2',
		],
		[
			'escalates and ends',
			escalating(true),
			[...escalated, 'interrupt ThrowE@1 flow:StartS_ThrowE_1 active:Sub@0 > flow:OnEsc_X_1@0 -1'],
			'flow:OnEsc_X_1',
		],
		[
			'takes the event that comes first',
			RACE,
			[...racing, 'catch ReceiveB active:Gate wait:CatchA wait:ReceiveB > flow:ReceiveB_B_1'],
			'flow:ReceiveB_B_1',
		],
		[
			'waits for events and work',
			WAITS,
			[
				...received,
				'catch ReceiveB active:ReceiveB wait:OnTime > flow:ReceiveB_Job_1',
				'enter Job flow:ReceiveB_Job_1 > active:Job',
				'complete Job active:Job > flow:Job_Script_1',
				'pass Script flow:Job_Script_1 > flow:Script_Rule_1',
				'pass Rule flow:Script_Rule_1 > flow:Rule_Send_1',
				'throw Send flow:Rule_Send_1 > flow:Send_End_1',
			],
			'flow:Send_End_1',
		],
		[
			'catches an error of work',
			FAILING,
			[
				'enter Start > task:Start',
				'complete Start task:Start > flow:Start_Job_1',
				'enter Job flow:Start_Job_1 > active:Job',
				'interrupt Job active:Job > flow:OnErr_X_1',
			],
			'flow:OnErr_X_1',
		],
		[
			'terminates a subprocess and goes on behind it',
			STOP,
			[
				'enter Start > task:Start',
				'complete Start task:Start > flow:Start_Sub_1',
				'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_AndS_1@1 +1:sub^active:Sub',
				'fork AndS@1 flow:StartS_AndS_1 > flow:AndS_A_1 flow:AndS_Stop_1',
				'enter A@1 flow:AndS_A_1 > task:A',
				'terminate Stop@1 flow:AndS_Stop_1 task:A > sink:Stop',
				'finish Sub active:Sub sink:Stop@1 > flow:Sub_T_1 -1',
			],
			'flow:Sub_T_1',
		],
		[
			'calls another flow',
			CALL,
			[...calledEnded, 'finish Call active:Call sink:EndC@1 wait:StartH@1 > flow:Call_T_1 -1'],
			'flow:Call_T_1',
		],
		[
			'is cancelled inside',
			HANDLERS,
			[...beside, 'cancel process active:Sub wait:StartP task:A@1 active:HandlerS@1 task:H@2 > -1 -2'],
			'',
		],
	])('%s', (_, model, lines, key) => {
		const result = played(model, lines);
		expect(result).toMatchObject({ kind: 'legal' });
		expect(markingKey(result.marking)).toBe(key);
	});
});

describe('an illegal firing', () => {
	const wrongTokens = 'it consumes the wrong tokens';
	const wrongProducts = 'it produces the wrong tokens';

	it.each<[string, ProcessModel, string[], string]>([
		[
			'a subprocess without its boundary events',
			SUBPROCESS,
			[...inSub.slice(0, 2), 'enter Sub flow:Start_Sub_1 > active:Sub flow:StartS_A_1@1 +1:sub^active:Sub'],
			wrongProducts,
		],
		[
			'a subprocess that does not begin',
			SUBPROCESS,
			[...inSub.slice(0, 2), 'enter Sub flow:Start_Sub_1 > active:Sub wait:OnTime^active:Sub wait:OnWord^active:Sub'],
			wrongProducts,
		],
		[
			'a finish while a task is open inside',
			SUBPROCESS,
			[...inSub, 'finish Sub active:Sub wait:OnTime wait:OnWord task:A@1 > flow:Sub_T_1 -1'],
			'it is not enabled',
		],
		[
			'a finish that forgets an event',
			SUBPROCESS,
			[...subEnded, 'finish Sub active:Sub wait:OnTime sink:EndS@1 > flow:Sub_T_1 -1'],
			wrongTokens,
		],
		[
			'a finish that forgets a scope',
			SUBPROCESS,
			[...subEnded, 'finish Sub active:Sub wait:OnTime wait:OnWord sink:EndS@1 > flow:Sub_T_1'],
			'it ends the wrong scopes',
		],
		[
			'an interruption that leaves a task open',
			SUBPROCESS,
			[...inSub, 'interrupt OnTime active:Sub wait:OnTime wait:OnWord > flow:OnTime_X_1 -1'],
			wrongTokens,
		],
		[
			'an interruption by an event that does not interrupt',
			SUBPROCESS,
			[...inSub, 'interrupt OnWord active:Sub wait:OnTime wait:OnWord task:A@1 > flow:OnWord_Y_1 -1'],
			'boundaryEvent does not fire as interrupt now',
		],
		[
			'an event that waits again for something else',
			SUBPROCESS,
			[...inSub, 'catch OnWord wait:OnWord > flow:OnWord_Y_1 wait:OnTime^active:Sub'],
			wrongProducts,
		],
		[
			'an event that waits again for nobody',
			SUBPROCESS,
			[...inSub, 'catch OnWord wait:OnWord > flow:OnWord_Y_1 wait:OnWord'],
			wrongProducts,
		],
		[
			'a node of another scope',
			SUBPROCESS,
			[...inSub.slice(0, 3), 'enter A flow:StartS_A_1@1 > task:A'],
			'it is not enabled',
		],
		[
			'a scope that is not open',
			SUBPROCESS,
			[...inSub.slice(0, 3), 'enter A@7 flow:StartS_A_1@1 > task:A@1'],
			'there is no scope 7',
		],
		[
			'a start that arms no event',
			HANDLERS,
			[handled[0] ?? '', 'complete Start task:Start > flow:Start_Sub_1'],
			wrongProducts,
		],
		[
			'an event subprocess in the wrong scope',
			HANDLERS,
			[...handled, 'catch StartH@1 wait:StartH > active:HandlerS@0 flow:StartH_H_1@2 +2:sub^active:HandlerS'],
			wrongProducts,
		],
		[
			'an interruption that spares another branch',
			HANDLERS,
			[
				...beside,
				'interrupt StartP active:Sub wait:StartP task:A@1 active:HandlerS@1 > active:HandlerP flow:StartP_P_1@3 -1 -2 +3:sub^active:HandlerP',
			],
			wrongTokens,
		],
		[
			'too few runs',
			ALL_OF_TWO,
			[...twoPlainRuns.slice(0, 2), 'enter U flow:Start_U_1 > active:U task:U@2 +1:loop#2^active:U +2:run<1'],
			wrongProducts,
		],
		[
			'another number of runs than the model says',
			ALL_OF_TWO,
			[...twoPlainRuns.slice(0, 2), 'enter U flow:Start_U_1 > active:U task:U@2 +1:loop#1^active:U +2:run<1'],
			wrongProducts,
		],
		[
			'every run of a sequence at once',
			SEQUENTIAL,
			[
				...firstRun.slice(0, 2),
				'enter U flow:Start_U_1 > active:U task:U@2 task:U@3 +1:loop#2^active:U +2:run<1 +3:run<1',
			],
			wrongProducts,
		],
		[
			'a finish before the last run',
			ALL_OF_TWO,
			[...twoPlainRuns, 'complete U@2 task:U > sink:U@1 -2', 'finish U active:U sink:U@1 task:U@3 > flow:U_T_1 -1 -3'],
			'it is not enabled',
		],
		[
			'an early finish before the first run has ended',
			PARALLEL,
			[...twoRuns, 'finish U active:U wait:OnTime task:U@2 task:U@3 > flow:U_T_1 -1 -2 -3'],
			'it is not enabled',
		],
		[
			'an early finish when no run has just ended',
			PARALLEL,
			[
				...twoRuns,
				'complete U@2 task:U > active:U@1 -2',
				'repeat U@1 active:U > sink:U',
				'finish U active:U wait:OnTime sink:U@1 task:U@3 > flow:U_T_1 -1 -3',
			],
			'it is not enabled',
		],
		['a run that leaves no trace', ALL_OF_TWO, [...twoPlainRuns, 'complete U@2 task:U > -2'], wrongProducts],
		[
			'a run that goes on by itself',
			ALL_OF_TWO,
			[...twoPlainRuns, 'complete U@2 task:U > flow:U_T_1@0 -2'],
			wrongProducts,
		],
		[
			'a next run while one is open',
			SEQUENTIAL,
			[...secondRun, 'repeat U@1 sink:U > sink:U task:U@4 +4:run<1'],
			'it is not enabled',
		],
		[
			'a run too many',
			SEQUENTIAL,
			[...secondRun, 'complete U@3 task:U > sink:U@1 -3', 'repeat U@1 sink:U > sink:U task:U@4 +4:run<1'],
			'it is not enabled',
		],
		[
			'a run beyond the maximum',
			REPEATED,
			[
				...firstRun.map((line) => line.replace('#2', '#1000')),
				'repeat U@1 sink:U > sink:U task:U@3 +3:run<1',
				'complete U@3 task:U > sink:U@1 -3',
				'repeat U@1 sink:U > sink:U task:U@4 +4:run<1',
			],
			'it is not enabled',
		],
		[
			'a loop that ends while a run is open',
			REPEATED,
			[
				...firstRun.map((line) => line.replace('#2', '#1000')),
				'repeat U@1 sink:U > sink:U task:U@3 +3:run<1',
				'finish U active:U sink:U@1 task:U@3 > flow:U_T_1 -1 -3',
			],
			'it is not enabled',
		],
		[
			'an error caught by an event for another',
			ERRORS,
			[...erring, 'interrupt EndErr@2 flow:StartI_EndErr_1 active:SubIn@1 > flow:OnOther_Z_1@1 -2'],
			wrongTokens,
		],
		[
			'an error that is not caught though it could be',
			ERRORS,
			[...erring, 'terminate EndErr flow:StartI_EndErr_1@2 active:SubIn@1 task:B@1 active:Sub > -1 -2'],
			'it is not enabled',
		],
		[
			'an error that ends only its own run',
			ERROR_IN_RUN,
			[...erringRun, 'interrupt EndErr@5 flow:StartS_EndErr_1@5 active:Sub@4 > flow:OnErr_X_1@0 -5'],
			wrongTokens,
		],
		[
			'an error that lets another branch go on',
			UNCAUGHT,
			[...uncaught, 'terminate EndErr flow:StartS_EndErr_1@1 active:Sub > -1'],
			wrongTokens,
		],
		[
			'an escalation that nobody hears though somebody could',
			escalating(false),
			[...escalated, 'throw ThrowE@1 flow:StartS_ThrowE_1 > flow:ThrowE_EndE_1'],
			wrongProducts,
		],
		[
			'an event after which the others wait on',
			RACE,
			[...racing, 'catch ReceiveB active:Gate wait:ReceiveB > flow:ReceiveB_B_1'],
			wrongTokens,
		],
		[
			'a gateway that forgets an event',
			RACE,
			[...racing.slice(0, 2), 'enter Gate flow:Start_Gate_1 > active:Gate wait:CatchA^active:Gate'],
			wrongProducts,
		],
		[
			'an event that did not wait',
			WAITS,
			[...received.slice(0, 2), 'catch CatchA flow:Start_CatchA_1 > flow:CatchA_ReceiveB_1'],
			'intermediateCatchEvent does not fire as catch now',
		],
		[
			'a task received with its timer left',
			WAITS,
			[...received, 'catch ReceiveB active:ReceiveB > flow:ReceiveB_Job_1'],
			wrongTokens,
		],
		[
			'a call of a flow that begins otherwise',
			CALL,
			[
				...inCall.slice(0, 2),
				'enter Call flow:Start_Call_1 > active:Call flow:StartC_C_1@1 +1:call=called^active:Call',
			],
			wrongProducts,
		],
		[
			'a call that ends with a task open in it',
			CALL,
			[...inCall, 'finish Call active:Call task:C@1 wait:StartH@1 > flow:Call_T_1 -1'],
			'it is not enabled',
		],
		[
			'a cancellation that leaves something inside',
			HANDLERS,
			[...beside, 'cancel process active:Sub wait:StartP task:A@1 active:HandlerS@1 > -1'],
			'it leaves tokens behind',
		],
	])('%s', (_, model, lines, reason) => {
		expect(played(model, lines)).toMatchObject({ kind: 'illegal', seq: lines.length, reason });
	});
});
