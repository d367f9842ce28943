import { randomBytes } from 'node:crypto';

const PROCESS_MARK = randomBytes(5).toString('hex').toUpperCase();

let counter = 0;
let stampedSecond = -1;
let stamp = '';

/**
 * A log id as clients of Feishu know it: 14 digits of time (UTC) and 20 hexadecimal digits, unique in this process and,
 * by its mark, across processes. A counter instead of random bytes a request: ids have to be unique, not secret.
 */
export function newLogId(): string {
	const second = Math.floor(Date.now() / 1000);
	if (second !== stampedSecond) {
		stampedSecond = second;
		stamp = new Date(second * 1000).toISOString().slice(0, 19).replace(/\D/g, '');
	}
	counter = (counter + 1) % 0x1_00_00_00_00_00;
	return `${stamp}${PROCESS_MARK}${counter.toString(16).toUpperCase().padStart(10, '0')}`;
}
