/** Names, users and waiting shared by the JavaScript clients; ../story.md says what each check means. */

export const NAMESPACE = 'demo__c';
export const FLOW_ID = 'two_step';
export const INITIATOR = 1001;
export const MANAGER = '1002';
export const FINANCE = '1003';

/** @param {string} name */
export function requiredEnvironment(name) {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set; run this through clients/run.mjs`);
	return value;
}

/** Ends a story whose next steps could have no meaning; the check that failed has already said why. */
class StoryStopped extends Error {}

export function createReport() {
	let failures = 0;
	return {
		/** Prints one line for one check, with what was seen when it does not hold. */
		check(name, holds, seen) {
			if (!holds) failures += 1;
			console.log(holds ? `ok - ${name}` : `not ok - ${name}: saw ${JSON.stringify(seen)}`);
		},
		/** A refusal is one check: status, code and log id together, so a failing line shows all of them. */
		refusal(name, answer, expected, detailHolds = () => true) {
			const logId = answer.body?.error?.log_id;
			this.check(
				name,
				(answer.status === undefined || answer.status === 400) &&
					answer.body?.code === expected &&
					typeof logId === 'string' &&
					logId !== '' &&
					(answer.status === undefined || answer.logIdHeader === logId) &&
					detailHolds(answer.body.error),
				{ expected, ...answer },
			);
		},
		/** Without what this step found, the rest of the story has no meaning. */
		needed(name, value, seen) {
			this.check(name, Boolean(value), seen);
			if (!value) throw new StoryStopped(name);
			return value;
		},
		get failures() {
			return failures;
		},
	};
}

/** Runs a story to its end; a crash is one more failed check, never a silent exit. */
export async function tell(story) {
	const report = createReport();
	try {
		await story(report);
	} catch (error) {
		if (error instanceof StoryStopped) console.log(`the story stops at "${error.message}"`);
		else reportCrash(report, error);
	}
	process.exitCode = report.failures === 0 ? 0 : 1;
}

function reportCrash(report, error) {
	const answer = error?.response ? ` ${error.response.status} ${JSON.stringify(error.response.data)}` : '';
	report.check('the story runs to its end', false, `${error?.stack ?? error}${answer}`);
}

export const isDecimalString = (value) => typeof value === 'string' && /^[0-9]+$/.test(value);

/** Polls because a server may answer `execute` before the first task can be queried. */
export async function untilFound(find) {
	const deadline = Date.now() + 10_000;
	for (;;) {
		const { found, seen } = await find();
		if (found || Date.now() > deadline) return { found, seen };
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
