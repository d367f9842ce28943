import type { History } from '../history/history-service.ts';
import type { OpenedServices } from '../server.ts';
import type { Terminal } from './terminal.ts';

export interface KeepOptions {
	readonly tenant: string;
	readonly days?: string;
	readonly forever?: boolean;
}

export interface PruneCommandOptions {
	readonly tenant?: string;
	readonly dryRun?: boolean;
	readonly archive?: string;
}

const MAX_DAYS = 36_500;

/** What is wrong with the options of `history keep`, before anything is opened; null where nothing is. */
export function problemWithKeep({ days, forever = false }: KeepOptions): string | null {
	if (forever === (days !== undefined)) return 'Either --days or --forever has to be given.';
	const isNumber = days === undefined || (/^[1-9][0-9]{0,4}$/.test(days) && Number(days) <= MAX_DAYS);
	return isNumber ? null : `--days has to be a number from 1 to ${MAX_DAYS}.`;
}

/** As problemWithKeep, for `history prune`. An empty folder is a variable that a nightly job has not set, and would be the working one. */
export function problemWithPrune({ archive }: PruneCommandOptions): string | null {
	return archive?.trim() === '' ? '--archive has to be a folder.' : null;
}

export async function keepHistory(
	{ history }: OpenedServices,
	{ tenant, days }: KeepOptions,
	{ print, printError }: Terminal,
): Promise<number> {
	if (!(await history.keep(tenant, days === undefined ? null : Number(days)))) {
		printError(`There is no tenant ${tenant}.`);
		return 1;
	}
	print(
		days === undefined
			? `${tenant} keeps everything.`
			: `${tenant} keeps instances for ${days} days after their end. To remove what is older: sendback history prune`,
	);
	return 0;
}

export async function showHistory({ history }: OpenedServices, { print }: Terminal): Promise<number> {
	const { partitions, tenants } = await history.status();
	print('The log:');
	for (const { name, bytes } of partitions) print(`  ${name.padEnd(16)} ${megabytes(bytes)}`);
	print('Tenants:');
	for (const { id, keepDays } of tenants)
		print(`  ${id.padEnd(16)} ${keepDays === null ? 'for ever' : `${keepDays} days`}`);
	return 0;
}

export async function pruneHistory(
	{ history }: OpenedServices,
	{ tenant, dryRun = false, archive }: PruneCommandOptions,
	{ print, printError }: Terminal,
): Promise<number> {
	const problem = tenant === undefined ? null : await problemWithTenant(history, tenant);
	if (problem !== null) {
		printError(problem);
		return 1;
	}
	const { instances, dropped } = await history.prune({
		tenant: tenant ?? null,
		dryRun,
		archive: archive ?? null,
		progress: (message) => print(message),
	});
	const months = dropped.length === 0 ? '' : `, and dropped ${dropped.length} of the log's partitions`;
	print(dryRun ? `Would remove ${instances} instances.` : `Removed ${instances} instances${months}.`);
	return 0;
}

async function problemWithTenant(history: History, tenant: string): Promise<string | null> {
	const found = (await history.status()).tenants.find(({ id }) => id === tenant);
	if (found === undefined) return `There is no tenant ${tenant}.`;
	return found.keepDays === null ? `${tenant} keeps everything. To change that: sendback history keep` : null;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
