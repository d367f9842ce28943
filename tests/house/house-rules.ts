/** A file as the rules see it; `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
	readonly path: string;
	readonly text: string;
}

export interface HouseRule {
	readonly name: string;
	/** Why the rule is there, for whoever meets it. */
	readonly reason: string;
	readonly applies: (path: string) => boolean;
	/** What in a file breaks the rule. */
	readonly violations: (file: SourceFile) => readonly string[];
	/** A file that must be found guilty, so that the rule is known to work. */
	readonly planted: SourceFile;
}

const ENGINE = /^packages\/engine\/src\//;
const VERIFY = /^packages\/engine\/src\/verify\//;
const ENGINE_LIBRARIES = new Set(['bpmn-moddle', 'dmn-moddle', 'feelin']);

export const HOUSE_RULES: readonly HouseRule[] = [
	{
		name: 'the engine imports itself and its libraries only',
		reason: 'The core is pure: storage, HTTP and time belong to the server.',
		applies: (path) => ENGINE.test(path),
		violations: ({ text }) =>
			imports(text)
				.filter(({ from }) => !from.startsWith('.') && !ENGINE_LIBRARIES.has(from))
				.map(({ from }) => from),
		planted: { path: 'packages/engine/src/planted.ts', text: "import { Pool } from 'pg';" },
	},
	{
		name: 'the engine knows no clock, no randomness, no I/O and no timers',
		reason: 'The same command on the same state must always give the same events; everything else enters as data.',
		applies: (path) => ENGINE.test(path),
		violations: ({ text }) =>
			matches(
				text,
				/\b(Date\.now|new Date\(\)|performance\.now|Math\.random|randomUUID|setTimeout|setInterval|setImmediate|process\.(?:env|argv|cwd|exit|nextTick|hrtime|memoryUsage|std\w+|on)\b|fetch\(|console\.)/g,
			),
		planted: { path: 'packages/engine/src/planted.ts', text: 'const now = Date.now();' },
	},
	{
		name: 'only the reader of XML is asynchronous in the engine',
		reason: 'A step that could wait could be interleaved with another one.',
		applies: (path) => ENGINE.test(path) && !/^packages\/engine\/src\/(bpmn|dmn)\//.test(path),
		violations: ({ text }) => matches(text, /\b(async|await|Promise)\b/g),
		planted: { path: 'packages/engine/src/planted.ts', text: 'export async function step() {}' },
	},
	{
		name: 'the interpreter shares nothing with the engine but types of the model',
		reason: 'An oracle that shares code with what it judges repeats its mistakes.',
		applies: (path) => VERIFY.test(path),
		violations: ({ text }) =>
			imports(text)
				.filter(
					({ from, typeOnly }) =>
						from.startsWith('../') &&
						!(typeOnly && /^\.\.\/(terms|events|state|model\/process-model|expressions\/expression)\.ts$/.test(from)),
				)
				.map(({ from }) => from),
		planted: { path: 'packages/engine/src/verify/planted.ts', text: "import { zone } from '../causality/zone.ts';" },
	},
	{
		name: 'the engine does not use the interpreter in a step',
		reason: 'It serves tests and the check at deployment; a step that leaned on it could not be judged by it.',
		applies: (path) => ENGINE.test(path) && !VERIFY.test(path),
		violations: ({ text }) =>
			imports(text)
				.filter(({ from }) => from.includes('/verify/'))
				.map(({ from }) => from),
		planted: { path: 'packages/engine/src/run.ts', text: "import { explore } from './verify/explore.ts';" },
	},
	{
		name: 'field names of Feishu live in http/feishu only',
		reason: 'The wire is a translation; nothing behind it may depend on its words.',
		applies: (path) => /^packages\/[^/]+\/src\//.test(path) && !path.startsWith('packages/server/src/http/feishu/'),
		violations: ({ text }) =>
			matches(text, /\b(operator_user_id|kunlun_user_id|approval_task_id|approval_instance_id)\b/g),
		planted: { path: 'packages/server/src/commands/planted.ts', text: 'body.operator_user_id' },
	},
	{
		name: 'SQL lives in sql/, one statement a file',
		reason: 'A statement that has a name and a file can be read, planned and tested alone.',
		applies: (path) => path.startsWith('packages/server/sql/statements/'),
		violations: ({ text }) => {
			const statements = text
				.replace(/--.*$/gm, '')
				.split(';')
				.filter((part) => part.trim() !== '');
			return statements.length === 1 ? [] : [`${statements.length} statements`];
		},
		planted: { path: 'packages/server/sql/statements/planted.sql', text: 'SELECT 1; SELECT 2;' },
	},
	{
		name: 'nothing is left over for nobody',
		reason: 'A note without an owner is a defect that nobody sees.',
		applies: (path) => /\.(ts|mjs|sql|md|sh)$/.test(path) && !path.startsWith('tests/house/'),
		violations: ({ text }) => matches(text, /\b(TODO|FIXME|XXX|HACK)\b/g),
		planted: { path: 'packages/server/src/planted.ts', text: `// ${'TO'}${'DO'}: later` },
	},
	{
		name: 'a source file fits on a few screens',
		reason: 'A file does one thing.',
		applies: (path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && path !== 'packages/server/src/services.ts',
		violations: ({ text }) => {
			const lines = text.split('\n').length;
			return lines > 300 ? [`${lines} lines`] : [];
		},
		planted: { path: 'packages/engine/src/planted.ts', text: '\n'.repeat(301) },
	},
];

function matches(text: string, pattern: RegExp): readonly string[] {
	return [...withoutComments(text).matchAll(pattern)].map(([found]) => found);
}

/** Comments may speak of what code may not do; left-over notes stay visible, as they are comments. */
function withoutComments(text: string): string {
	return text.replace(/^\s*(\/\/|\/?\*)(?!.*\b(TODO|FIXME|XXX|HACK)\b).*$/gm, '');
}

function imports(text: string): readonly { readonly from: string; readonly typeOnly: boolean }[] {
	const statements = text.matchAll(
		/^\s*(?:import|export)\b([^;'"]*?)from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/gm,
	);
	return [...statements].map(([, clause = '', from, dynamic]) => ({
		from: from ?? dynamic ?? '',
		typeOnly: /^\s*type\b/.test(clause),
	}));
}
