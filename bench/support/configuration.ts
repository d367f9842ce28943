import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { BenchPostgres } from './postgres.ts';

/** What the figures were measured on: without it they say nothing. */
export interface Configuration {
	readonly at: string;
	readonly commit: string;
	readonly node: string;
	readonly postgres: string;
	readonly settings: BenchPostgres['settings'];
	readonly cores: number;
	readonly cpu: string;
	readonly memoryGb: number;
	readonly system: string;
}

export function configurationOf({ version, kind, settings }: BenchPostgres): Configuration {
	return {
		at: new Date().toISOString(),
		commit: commit(),
		node: process.version,
		postgres: `${version}, ${kind}`,
		settings,
		cores: availableParallelism(),
		cpu: cpus()[0]?.model ?? 'unknown',
		memoryGb: Math.round(totalmem() / 1e9),
		system: `${platform()} ${release()}`,
	};
}

export function configurationLines(configuration: Configuration): readonly string[] {
	const { at, commit, node, postgres, settings, cores, cpu, memoryGb, system } = configuration;
	return [
		`${at}, commit ${commit}`,
		`Node ${node}, PostgreSQL ${postgres}; ${cores} cores (${cpu}), ${memoryGb} GB, ${system}`,
		Object.entries(settings)
			.map(([name, value]) => `${name} ${value}`)
			.join(', '),
	];
}

/** `-dirty` where files differ from it. */
function commit(): string {
	try {
		const args = ['describe', '--always', '--dirty', '--abbrev=12'];
		return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	} catch {
		return 'unknown';
	}
}
