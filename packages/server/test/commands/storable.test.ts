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
