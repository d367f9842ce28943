import type { OpenedServices } from '@sendback/server/server.ts';
import type pg from 'pg';
import type { ChainFlow } from '../load/chain-flow.ts';
import { makeTemplate } from '../seed/template.ts';

/** What the agreement to the n-th task of a chain writes, as Sendback itself wrote it: the same documents, byte for byte. */
export interface Stage {
	readonly status: string;
	readonly state: string;
	readonly events: string;
	/** Of the task that is decided. */
	readonly assignments: string;
	/** Null where the instance ends. */
	readonly next: { readonly node: string; readonly past: string; readonly assignments: string } | null;
}

const READ = `SELECT
	i.status, i.state::text AS state, s.events::text AS events, done.assignments::text AS assignments,
	open.node_id AS node, open.past::text AS past, open.assignments::text AS next_assignments
FROM instances AS i
JOIN steps AS s ON s.tenant_id = i.tenant_id AND s.instance_id = i.id AND s.position = i.version
JOIN tasks AS done
	ON done.tenant_id = i.tenant_id AND done.instance_id = i.id AND done.completed_position = i.version
LEFT JOIN tasks AS open ON open.tenant_id = i.tenant_id AND open.instance_id = i.id AND open.status = 'in_process'
WHERE i.tenant_id = $1 AND i.id = $2`;

interface StageRow extends Omit<Stage, 'next'> {
	readonly node: string | null;
	readonly past: string;
	readonly next_assignments: string;
}

/** Agrees once to each task of the chain by the ordinary commands, and reads what that wrote. */
export async function recordStages(
	services: OpenedServices,
	pool: pg.Pool,
	tenant: string,
	flow: ChainFlow,
): Promise<readonly Stage[]> {
	const stages: Stage[] = [];
	for (let agreed = 1; agreed <= flow.tasks; agreed++) {
		const instance = await makeTemplate(services, tenant, flow, agreed);
		const { rows } = await pool.query<StageRow>(READ, [tenant, instance]);
		const [row] = rows;
		if (row === undefined) throw new Error('bug: what was just written is not there');
		const { node, past, next_assignments: assignments, ...stage } = row;
		stages.push({ ...stage, next: node === null ? null : { node, past, assignments } });
	}
	return stages;
}
