import { defineConfig } from 'vitest/config';

export default defineConfig({
	// Tests read the TypeScript sources of the workspace packages, so they never run against a stale build.
	ssr: { resolve: { conditions: ['source', 'node', 'module'] } },
	resolve: { conditions: ['source', 'node', 'module'] },
	test: {
		include: ['packages/*/{src,test}/**/*.test.ts', 'tests/**/*.test.ts', 'clients/node/**/*.test.ts'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		maxWorkers: 2,
		reporters: ['default', './tests/support/closing-line.ts'],
	},
});
