import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The command line of lark-mcp, found from the workspace that depends on it; ../mcp has no package of its own. */
export const larkMcp = require.resolve('@larksuiteoapi/lark-mcp/dist/cli.js');
