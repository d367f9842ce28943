import type { NodeId, Seq } from '@sendback/engine/terms.ts';
import type { JobFacts } from '../services.ts';

export interface JobFactsRow {
	readonly id: number;
	readonly instance_id: number;
	readonly node_id: NodeId;
	readonly topic: string;
	readonly compensates: Seq | null;
	readonly retries: number;
}

/** What a worker and an operator see of a job alike. */
export function jobFacts(row: JobFactsRow): JobFacts {
	const { id, instance_id, node_id: node, topic, compensates, retries } = row;
	return { id: String(id), instance: String(instance_id), node, topic, compensates, retries };
}
