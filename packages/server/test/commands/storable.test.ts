import { expect, it } from 'vitest';
import { whyNotStorable } from '../../src/commands/storable.ts';

const cancel = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
const withKey = (key: string) =>
	whyNotStorable({
		tenant: 'demo',
		target: { instance: '1' },
		command: cancel,
		idempotency: { key, fingerprint: 'f' },
	});

it('a key of 255 characters can be stored with the app in front', () => {
	expect(withKey(`cli_0123456789abcdef:${'k'.repeat(255)}`)).toBeNull();
	expect(withKey('k'.repeat(600))).toMatchObject({ code: 'variables-invalid' });
	expect(withKey('a\u0000')).toMatchObject({ code: 'variables-invalid' });
});

it('characters are counted as the schemas count them', () => {
	const start = (businessKey: string) =>
		whyNotStorable({
			tenant: 'demo',
			namespace: 'a',
			flowId: 'b',
			initiator: 'ann',
			variables: {},
			businessKey,
			idempotency: null,
		});
	expect(start('😀'.repeat(255))).toBeNull();
	expect(start('😀'.repeat(256))).toMatchObject({ details: { name: 'business_key' } });
	const link = (chat: string) =>
		whyNotStorable({
			tenant: 'demo',
			target: { task: '1' },
			command: { type: 'link-chat-group', task: '1', user: 'ann', chat, name: '😀'.repeat(1000), users: [] },
			idempotency: null,
		});
	expect(link('😀'.repeat(255))).toBeNull();
	expect(link('😀'.repeat(256))).toMatchObject({ details: { name: 'chat' } });
	expect(withKey(`cli_0123456789abcdef:flow ${'😀'.repeat(255)}`)).toBeNull();
});
