import { getHeapStatistics } from 'node:v8';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { LogAnswer } from '@sendback/engine/questions.ts';
import type { TaskId } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { AnswerDependencies } from '../../commands/answer-question.ts';
import type { Unreadable } from '../../commands/log-from.ts';
import type { LongLogTurn } from '../../commands/long-logs.ts';
import type { InstanceId, TenantId } from '../../services.ts';
import { isDecimalId } from '../decimal-id.ts';
import { readEvents } from '../documents/documents.ts';
import type { Position } from '../instance-write.ts';
import type { LoaderKey } from './batch-loader.ts';
import { run } from './connect.ts';
import { createRowLoader } from './row-loader.ts';

/** Bytes of a log, whose events take several times as much of the heap. */
const MAX_LOG_BYTES = getHeapStatistics().heap_size_limit / 8;

export type LogReader = Pick<AnswerDependencies, 'readLog' | 'readLogSince'>;

/** Reads committed logs: the beginnings of many together, and what is longer in parts. */
export function createLogReader(pool: pg.Pool, isSharded: boolean, maxBytes = MAX_LOG_BYTES): LogReader {
	const logs = createRowLoader<LogKey, LogRow>(pool, 'read-logs', logParameters, isSharded);
	return {
		readLog: async ({ facts: { tenant, id }, version }, task, anyRun, turn) => {
			const rows = isDecimalId(task) ? await logs({ tenant, instance: id, task, version, anyRun }) : [];
			return completeLog({ pool, tenant, id, version, turn, maxBytes }, rows);
		},
		readLogSince: async ({ facts: { tenant, id }, version }, seq, turn) => {
			const rows = await run<SinceRow>(pool, 'read-log-since', [tenant, id, version, seq, STEPS_TOGETHER, STEP_BYTES]);
			const [first] = rows;
			if (first === undefined) return [];
			const events = await eventsFrom({ pool, tenant, id, version, turn, maxBytes }, first.position, rows);
			return typeof events === 'string' ? events : events.filter((event) => event.seq >= seq);
		},
	};
}

interface LogKey extends LoaderKey {
	readonly instance: InstanceId;
	readonly task: TaskId;
	/** A completion after it belongs to a state that is not the one asked about. */
	readonly version: Position;
	readonly anyRun: boolean;
}

interface BeginningRow {
	/** Null where they are too long to be read without a turn. */
	readonly events: string | null;
}

interface LogRow extends BeginningRow {
	readonly index: number;
	readonly completed_seq: number;
	readonly completed_position: number;
}

interface SinceRow extends BeginningRow {
	readonly position: Position;
}

/** Steps of a log that are read together with those of others, or without a turn, at most, and bytes of each. */
const STEPS_TOGETHER = 64;
const STEP_BYTES = 20_000;
/** Of a longer log as much comes at a time: no statement takes long, and other requests have their turn in between. */
const PART_BYTES = 4_000_000;

function logParameters(keys: readonly LogKey[]): readonly unknown[] {
	const instances = keys.map(({ instance }) => Number(instance));
	return [
		keys.map(({ tenant }) => tenant),
		instances,
		keys.map(({ task }) => task),
		keys.map(({ version }) => version),
		keys.map(({ anyRun }) => anyRun),
		Math.min(...instances),
		Math.max(...instances),
		STEPS_TOGETHER,
		STEP_BYTES,
	];
}

/** A log that is read for a command. */
interface LogReading {
	readonly pool: pg.Pool;
	readonly tenant: TenantId;
	readonly id: InstanceId;
	/** Up to which position. */
	readonly version: Position;
	readonly turn: LongLogTurn;
	readonly maxBytes: number;
}

async function completeLog(reading: LogReading, rows: readonly LogRow[]): Promise<LogAnswer['log'] | Unreadable> {
	const [first] = rows;
	if (first === undefined) return null;
	const completion = first.completed_seq;
	const events = await eventsFrom(reading, first.completed_position, rows);
	if (typeof events === 'string') return events;
	return { completion, events: events.slice(events.findIndex(({ seq }) => seq === completion)) };
}

/** The log from a position on, with the steps that it begins with, of which some may be without their events. */
async function eventsFrom(
	reading: LogReading,
	position: Position,
	beginning: readonly BeginningRow[],
): Promise<readonly EngineEvent[] | Unreadable> {
	const texts: string[] = [];
	for (const { events } of beginning) {
		if (events === null) break;
		texts.push(events);
	}
	const rest = await readInParts(reading, position + texts.length);
	return typeof rest === 'string' ? rest : [...texts.flatMap((text) => readEvents(text)), ...rest];
}

/** The log from a position on, when it is this command's turn. */
async function readInParts(
	{ pool, tenant, id, version, turn, maxBytes }: LogReading,
	from: Position,
): Promise<readonly EngineEvent[] | Unreadable> {
	if (from > version) return [];
	if (!(await turn.take())) return 'too-busy';
	const parts: (readonly EngineEvent[])[] = [];
	let bytes = 0;
	for (let next = from; next <= version; ) {
		const values = [tenant, id, next, version, PART_BYTES];
		const rows = await run<{ position: Position; events: string }>(pool, 'read-steps', values);
		const last = rows.at(-1);
		if (last === undefined) break;
		next = last.position + 1;
		for (const { events } of rows) bytes += events.length;
		if (bytes > maxBytes) return 'log-limit';
		parts.push(rows.flatMap(({ events }) => readEvents(events)));
	}
	return parts.flat();
}
