/** Calls of a server for preparing, where convenience counts and speed does not. */
export interface ServerClient {
	readonly url: URL;
	/** The one that is valid now: asked for again before it runs out. */
	readonly token: string;
	/** @throws where the answer is not a success */
	call(method: string, path: string, body?: object | string): Promise<unknown>;
}

/** Each token is valid for at least 30 minutes from when it was asked for. */
const RENEW_MS = 15 * 60_000;

export async function connectToServer(url: URL, appId: string, secret: string): Promise<ServerClient> {
	let token = await askForToken(url, appId, secret);
	const renew = async () => {
		// A server that is gone, or busy, is told by the next request.
		token = await askForToken(url, appId, secret).catch(() => token);
	};
	setInterval(renew, RENEW_MS).unref();
	return {
		url,
		get token() {
			return token;
		},
		call: (method, path, body) => call(url, token, method, path, body),
	};
}

async function askForToken(url: URL, appId: string, secret: string): Promise<string> {
	const answer = await fetch(new URL('/open-apis/auth/v3/tenant_access_token/internal', url), {
		method: 'POST',
		body: JSON.stringify({ app_id: appId, app_secret: secret }),
	});
	const { code, msg, tenant_access_token: token } = (await answer.json()) as Record<string, string | number>;
	if (code !== 0 || typeof token !== 'string') throw new Error(`No token for ${appId}: ${msg}`);
	return token;
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
