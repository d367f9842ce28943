/**
 * The one registry of what the Feishu-shaped gateway answers besides success. Codes and texts are Feishu's where it has
 * one for the case; docs/errors.md lists the same rows and says which are ours, and a test holds the two equal.
 */
export const GATEWAY_ERRORS = {
	tokenMissing: {
		http: 400,
		code: 99991661,
		msg: 'Missing access token for authorization. Please make a request with token attached.',
	},
	tokenInvalid: {
		http: 400,
		code: 99991663,
		msg: 'Invalid access token for authorization. Please make a request with token attached.',
	},
	appDisabled: { http: 400, code: 99991662, msg: 'app not in use' },
	userToken: { http: 400, code: 99991668, msg: 'user access token not support' },
	tokenPrefix: { http: 400, code: 99991671, msg: 'Invalid token: must start with t-/u-' },
	/** The message goes on with the scopes; see answers.ts. */
	scopeMissing: { http: 400, code: 99991672, msg: 'Access denied.' },
	rateLimit: { http: 429, code: 99991400, msg: 'request trigger frequency limit' },
	fieldValidation: { http: 400, code: 99992402, msg: 'field validation failed' },
	badRequest: { http: 400, code: 9499, msg: 'Bad Request' },
	bodyTooLarge: { http: 413, code: 9499, msg: 'Request Entity Too Large' },
	refused: { http: 400, code: 2320001, msg: 'param is invalid' },
	internal: { http: 500, code: 2200, msg: 'Internal Server Error' },
	unavailable: { http: 503, code: 2200, msg: 'Service Unavailable' },
	/** The token calls answer with HTTP 200 and say in the code that they failed. */
	tokenRequestInvalid: { http: 200, code: 10003, msg: 'invalid param' },
	appSecretInvalid: { http: 200, code: 10014, msg: 'app secret invalid' },
} as const satisfies Record<string, GatewayError>;

export interface GatewayError {
	readonly http: number;
	readonly code: number;
	readonly msg: string;
}
