/** Calls of a server for preparing, where convenience counts and speed does not. */
export interface ServerClient {
	readonly url: URL;
	readonly token: string;
	/** @throws where the answer is not a success */
	call(method: string, path: string, body?: object | string): Promise<unknown>;
}

export async function connectToServer(url: URL, appId: string, secret: string): Promise<ServerClient> {
	const answer = await fetch(new URL('/open-apis/auth/v3/tenant_access_token/internal', url), {
		method: 'POST',
		body: JSON.stringify({ app_id: appId, app_secret: secret }),
	});
	const { code, msg, tenant_access_token: token } = (await answer.json()) as Record<string, string | number>;
	if (code !== 0 || typeof token !== 'string') throw new Error(`No token for ${appId}: ${msg}`);
	return { url, token, call: (method, path, body) => call(url, token, method, path, body) };
}

/** A text is a model, everything else JSON. */
async function call(url: URL, token: string, method: string, path: string, body?: object | string): Promise<unknown> {
	const answer = await fetch(new URL(path, url), {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body === undefined
				? {}
				: { 'content-type': typeof body === 'string' ? 'application/xml' : 'application/json' }),
		},
		...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
	return text === '' ? null : JSON.parse(text);
}
