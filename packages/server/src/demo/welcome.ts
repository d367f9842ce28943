import { rollbackCurl } from '../http/feishu/rollback-curl.ts';
import { DEMO_APP, DEMO_FLOW, DEMO_NAMESPACE, DEMO_TENANT } from './demo-data.ts';
import type { RollbackExample } from './rollback-example.ts';

const OPINION = '请补充发票 Please add the invoice';

/** What a demo server says when it is ready. Where there is an example, the last line is a command to paste as it is. */
export function welcome(url: string, token: string, example: RollbackExample | null): string {
	return `
Sendback is ready at ${url}   API: ${url}/docs

  Demo app   ${DEMO_APP.id} / ${DEMO_APP.secret}   tenant ${DEMO_TENANT}, all scopes
  Users      1001 to 1010, groups finance, hr, legal
  Flow       ${DEMO_NAMESPACE}/${DEMO_FLOW}
${example === null ? '' : invitation(url, token, example)}`;
}

function invitation(url: string, token: string, example: RollbackExample): string {
	return `
User ${example.user} holds an open task. Send it back 退回 to where it came from:

${rollbackCurl({ url, token, ...example, opinion: OPINION })}
`;
}
