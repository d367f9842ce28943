/** Where the native API is. */
export const NATIVE_PREFIX = '/api/';

/** How a path finds its route. */
export const ROUTER_OPTIONS = {
	// The Node SDK sends `//open-apis/…` when its base URL ends in a slash.
	ignoreDuplicateSlashes: true,
	ignoreTrailingSlash: true,
	maxParamLength: 255,
};
