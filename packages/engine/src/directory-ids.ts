/** What the id of a user or group is made of. The server's API takes the same, so nobody else ever exists. */
export const DIRECTORY_ID = '^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$';

const ID = new RegExp(DIRECTORY_ID);

export function isDirectoryId(text: string): boolean {
	return ID.test(text);
}

/** The ids of a text: one, or several with commas in between. */
export function splitIds(text: string): readonly string[] {
	return text
		.split(',')
		.map((id) => id.trim())
		.filter((id) => id !== '');
}
