import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output of a run with `N passed, N failed`, so that whoever reads only the last line knows. */
export default class ClosingLine implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
		const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
		const brokenModules = modules.filter((module) => module.errors().length > 0).length;
		const passed = results.filter((state) => state === 'passed').length;
		const failed = results.filter((state) => state === 'failed').length + brokenModules + errors.length;
		const skipped = results.filter((state) => state === 'skipped').length;
		process.once('exit', () => {
			process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
		});
	}
}
