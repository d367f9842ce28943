import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { VERSION } from '../config/version.ts';

/** What the document calls a tenant access token. The scope that a call needs stands behind it. */
export const TOKEN_SCHEME = 'tenantToken';

/** The parts of the OpenAPI document that no route has; the rest comes from the schemas of the routes. */
export const OPENAPI_BASE: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
	openapi: '3.1.0',
	info: {
		title: 'Sendback',
		description: 'A self-hosted approval engine that can go back 退回.',
		version: VERSION,
		license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
	},
	tags: [
		{ name: 'Flows', description: 'Deploy BPMN processes and read them back' },
		{ name: 'Decisions', description: 'Deploy DMN decisions and read them back' },
		{ name: 'Directory', description: 'Users and groups' },
		{ name: 'Instances', description: 'Runs of a flow' },
		{ name: 'Tasks', description: 'Decide, send back, hand over' },
		{ name: 'Events', description: 'Messages and signals' },
		{ name: 'Jobs', description: 'The work of service tasks, for workers' },
		{ name: 'Operations', description: 'Health, metrics, tests' },
		{ name: 'Feishu aPaaS', description: 'The human-task API of Feishu aPaaS, shape for shape' },
		{ name: 'Feishu tokens', description: 'Access tokens for apps' },
	],
	components: {
		securitySchemes: {
			[TOKEN_SCHEME]: { type: 'http', scheme: 'bearer', description: 'A tenant access token, t-…' },
		},
	},
};
