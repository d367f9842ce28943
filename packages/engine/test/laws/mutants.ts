import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Each rule of the rollback is needed: the core is copied, one rule taken out of the copy, and the laws run against it.
 * A law that none of these breaks would prove nothing.
 */
export interface Mutant {
	readonly rule: string;
	readonly file: string;
	readonly find: string;
	readonly replace: string;
}

export const MUTANTS: readonly Mutant[] = [
	{
		rule: 'an inclusive join depends on the absence of tokens',
		file: 'causality/undo-set.ts',
		find: 'joinedTooEarly(modelOf, firing, restored) ||',
		replace: '(joinedTooEarly === undefined) ||',
	},
	{
		rule: 'a compensation event depends on the absence of completed activities',
		file: 'causality/undo-set.ts',
		find: '|| compensatedTooFew(modelOf, firing, restored)',
		replace: '|| compensatedTooFew === undefined',
	},
	{
		rule: 'a decision depends on the writers of what it read',
		file: 'causality/undo-set.ts',
		find: 'firing.reads.some((read) => seqs.has(read.seq))',
		replace: 'false',
	},
	{
		rule: 'a decision undone through data is held until the target is decided anew',
		file: 'causality/restored-tokens.ts',
		find: 'undo.undoneByData.has(consumer.seq)',
		replace: 'undo.undoneByData.has(-consumer.seq)',
	},
	{
		rule: 'tokens that came from outside are restored',
		file: 'causality/roll-back.ts',
		find: 'restored: restoredTokens(work, undo, attached, scopes, holders),',
		replace:
			'restored: restoredTokens(work, undo, attached, scopes, holders).filter(({ id }) => id === reopened[0]?.token),',
	},
	{
		rule: 'variables go back to the last kept write',
		file: 'causality/roll-back.ts',
		find: 'versions = withLive(state, keptVersions(log, undo.seqs));',
		replace: 'versions = withLive(state, keptVersions(log, undo.seqs).slice(0, 0));',
	},
	{
		rule: 'all consequences go, not only those on the way to the task that sent back',
		file: 'causality/undo-set.ts',
		find: 'const byToken = firing.consumed.some(',
		replace: "const byToken = firing.kind !== 'fork' && firing.consumed.some(",
	},
	{
		rule: 'what waits at an activity is no reason for its end',
		file: 'causality/undo-set.ts',
		find: 'seqs.has(token.producer) && !endsWithItsHost(token, firing));\n\t\tconst byCause',
		replace: 'seqs.has(token.producer));\n\t\tconst byCause',
	},
	{
		rule: 'the target is one visit of a node, not the node',
		file: 'causality/roll-back.ts',
		find: 'new Set(targets.map(({ seq }) => seq))',
		replace: 'new Set(log.firings.filter(({ node }) => node === targets[0]?.node).map(({ seq }) => seq).slice(-1))',
	},
	{
		rule: 'a rollback that is taken back leaves everything as it was',
		file: 'apply.ts',
		find: 'for (const token of rollback.restored) delete tokens[token.id];',
		replace: '',
	},
	{
		rule: 'no token vanishes: an end event keeps a sink',
		file: 'nodes/end-event.ts',
		find: 'produce: [{ place: `sink:${node.id}`, scope }],',
		replace: 'produce: [],',
	},
];

/** Copies the core and its laws of an engine folder, and breaks the copy where a mutant is given. Returns the copy. */
export function copyCore(engine: string, copy: string, mutant: Mutant | null): string {
	rmSync(copy, { recursive: true, force: true });
	mkdirSync(copy, { recursive: true });
	for (const folder of ['src', 'test/support', 'test/models', 'test/laws']) {
		const filter = (path: string) => !path.endsWith('.test.ts');
		cpSync(`${engine}/${folder}`, `${copy}/${folder}`, { recursive: true, filter });
	}
	if (mutant === null) return copy;
	const path = `${copy}/src/${mutant.file}`;
	const parts = readFileSync(path, 'utf8').split(mutant.find);
	if (parts.length !== 2) throw new Error(`${mutant.file} has ${parts.length - 1} places to break for: ${mutant.rule}`);
	writeFileSync(path, parts.join(mutant.replace));
	return copy;
}
